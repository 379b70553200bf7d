"""The classroom: lessons to step through, exercises, and the grader that checks them."""
