"""The facts that sigtrim works with; `python -m sigtrim.data` renews the generated ones."""
