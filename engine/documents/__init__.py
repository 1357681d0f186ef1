"""Letters to the applicant and slips of the file: values in, checked content and text out."""
