/* table.c - all fixers, one line each. The order decides between fixes that are equally good: what a tool itself said
 * (a printed diff) stands before what we work out, and that before what a program must be run for. */
#include "fixers/fixer.h"

#define FIXERS(X)                                                                                                      \
	X(diff_printed)                                                                                                \
	X(fs_executable_bit)                                                                                           \
	X(text_whitespace)                                                                                             \
	X(text_spelling)                                                                                               \
	X(yaml_yamllint)                                                                                               \
	X(python_lint_codes)                                                                                           \
	X(python_mypy_mechanical)                                                                                      \
	X(python_requirement)                                                                                          \
	X(python_type_stubs)                                                                                           \
	X(python_syntax)                                                                                               \
	X(c_compiler_errors)                                                                                           \
	X(java_semicolon)                                                                                              \
	X(make_recipe_tab)                                                                                             \
	X(go_unused_import)                                                                                            \
	X(js_expect_error)                                                                                             \
	X(python_black)                                                                                                \
	X(python_isort)                                                                                                \
	X(python_ruff_format)                                                                                          \
	X(js_prettier)                                                                                                 \
	X(js_eslint)                                                                                                   \
	X(c_clang_format)                                                                                              \
	X(ruby_rubocop)

#define DECLARE(name) extern const struct fixer fixer_##name;
FIXERS(DECLARE)

#define ENTRY(name) &fixer_##name,
const struct fixer *const fixer_table[] = {FIXERS(ENTRY) NULL};
