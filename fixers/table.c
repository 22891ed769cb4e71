/* table.c - all fixers, one line each. The order decides between fixes that are equally good: what a tool itself said
 * (a printed diff) stands before what we work out, and that before what a program must be run for. */
#include "fixers/fixer.h"

#define FIXERS(X)                                                                                                      \
	X(diff_printed)                                                                                                \
	X(fs_executable_bit)                                                                                           \
	X(fs_script_line_ends)                                                                                         \
	X(fs_gitkeep)                                                                                                  \
	X(text_whitespace)                                                                                             \
	X(text_spelling)                                                                                               \
	X(text_license_header)                                                                                         \
	X(yaml_yamllint)                                                                                               \
	X(json_trailing_comma)                                                                                         \
	X(python_lint_codes)                                                                                           \
	X(python_mypy_mechanical)                                                                                      \
	X(python_requirement)                                                                                          \
	X(python_pin_conflict)                                                                                         \
	X(python_type_stubs)                                                                                           \
	X(python_syntax)                                                                                               \
	X(python_tab_error)                                                                                            \
	X(c_compiler_errors)                                                                                           \
	X(c_clang_tidy)                                                                                                \
	X(java_semicolon)                                                                                              \
	X(make_recipe_tab)                                                                                             \
	X(make_npm_script)                                                                                             \
	X(go_unused_import)                                                                                            \
	X(go_vet_printf)                                                                                               \
	X(rust_unused_import)                                                                                          \
	X(sh_shellcheck)                                                                                               \
	X(rust_lints)                                                                                                  \
	X(js_lint_codes)                                                                                               \
	X(js_expect_error)                                                                                             \
	X(js_unused_names)                                                                                             \
	X(js_path_case)                                                                                                \
	X(js_snapshot)                                                                                                 \
	X(js_types_package)                                                                                            \
	X(python_black)                                                                                                \
	X(python_isort)                                                                                                \
	X(python_ruff_format)                                                                                          \
	X(js_prettier)                                                                                                 \
	X(js_eslint)                                                                                                   \
	X(c_clang_format)                                                                                              \
	X(workflow_deprecated_action)                                                                                  \
	X(workflow_environment_file)                                                                                   \
	X(workflow_permissions)                                                                                        \
	X(workflow_fetch_depth)                                                                                        \
	X(workflow_runner_label)                                                                                       \
	X(workflow_lfs)                                                                                                \
	X(workflow_submodules)                                                                                         \
	X(go_gofmt)                                                                                                    \
	X(sh_shfmt)                                                                                                    \
	X(tf_fmt)                                                                                                      \
	X(js_markdownlint)                                                                                             \
	X(rust_cargo_lock)                                                                                             \
	X(js_npm_lock)                                                                                                 \
	X(ruby_rubocop)                                                                                                \
	X(python_autopep8)                                                                                             \
	X(python_yapf)                                                                                                 \
	X(python_pyupgrade)                                                                                            \
	X(python_ruff_check)                                                                                           \
	X(python_sqlfluff)                                                                                             \
	X(js_stylelint)                                                                                                \
	X(js_biome)                                                                                                    \
	X(js_biome_format)                                                                                             \
	X(js_standard)                                                                                                 \
	X(go_goimports)                                                                                                \
	X(rust_cargo_fmt)                                                                                              \
	X(rust_clippy)                                                                                                 \
	X(c_clang_tidy_fix)                                                                                            \
	X(elixir_mix_format)                                                                                           \
	X(haskell_ormolu)                                                                                              \
	X(lua_stylua)                                                                                                  \
	X(toml_taplo)                                                                                                  \
	X(proto_buf)                                                                                                   \
	X(c_cmake_format)                                                                                              \
	X(js_pnpm_lock)                                                                                                \
	X(js_yarn_lock)                                                                                                \
	X(python_poetry_lock)                                                                                          \
	X(php_composer_lock)                                                                                           \
	X(go_mod_tidy)                                                                                                 \
	X(python_pre_commit)                                                                                           \
	X(php_cs_fixer)                                                                                                \
	X(php_pint)                                                                                                    \
	X(dotnet_format)                                                                                               \
	X(kotlin_ktlint)                                                                                               \
	X(scala_scalafmt)                                                                                              \
	X(java_google_format)                                                                                          \
	X(java_spotless)                                                                                               \
	X(nix_nixfmt)                                                                                                  \
	X(nix_alejandra)                                                                                               \
	X(dart_format)                                                                                                 \
	X(swift_format)                                                                                                \
	X(haskell_fourmolu)                                                                                            \
	X(ocaml_ocamlformat)                                                                                           \
	X(bazel_buildifier)

#define DECLARE(name) extern const struct fixer fixer_##name;
FIXERS(DECLARE)

#define ENTRY(name) &fixer_##name,
const struct fixer *const fixer_table[] = {FIXERS(ENTRY) NULL};
