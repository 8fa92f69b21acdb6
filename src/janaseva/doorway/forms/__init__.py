"""Questions of a form as inputs on a page, and what is wrong with their answers."""
