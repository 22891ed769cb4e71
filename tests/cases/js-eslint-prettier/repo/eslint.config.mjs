import prettier from "eslint-plugin-prettier/recommended";

export default [prettier, { rules: { "no-debugger": "error" } }];
