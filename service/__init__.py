"""The index over HTTP: settings, routes, errors, and a web page."""
