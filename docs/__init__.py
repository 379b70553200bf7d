"""The site: ``python -m docs`` builds it, ``python -m docs.check_site`` looks at every page."""
