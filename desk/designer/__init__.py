"""The editor of procedures: drafts drawn in the browser, checked while drawn, published."""
