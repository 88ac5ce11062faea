"""The sanitizer: raw records become clean or rejected ones, each exactly once."""
