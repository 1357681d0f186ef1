"""Who is told what: officers by inbox and digest, applicants by notices."""
