"""The rehearsal hall in the browser: ask what if, watch it run, print what it found."""
