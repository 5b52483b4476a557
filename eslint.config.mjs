import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier/flat';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What the scripts use of Node's; in TypeScript the compiler knows these names. */
const NODE_GLOBALS = readonly(
  ...['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'URL', 'clearTimeout', 'console', 'fetch'],
  ...['performance', 'process', 'setTimeout'],
);
const COMMONJS_GLOBALS = readonly('__dirname', 'exports', 'module', 'require');

export default defineConfig(
  globalIgnores(['**/dist/', 'coverage/', '.prompt-ledger/', 'test/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `x == null` is the one short way to say "null or undefined".
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      // Leaves files with decorators alone: what Nest injects and validates must stay a value at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // A Nest module is an empty class with a decorator; a query without parameters is an empty DTO.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-plus-operands': ['error', { skipCompoundAssignments: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],

      // An implementation is async because its interface is.
      '@typescript-eslint/require-await': 'off',
      // A rejection passes on what was caught, as it came.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // `() => {}` is how one says "nothing".
      '@typescript-eslint/no-empty-function': 'off',
      // `return visit(node)` in a function that answers nothing reads well enough.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // There are no enums here, and looking for them is a fifth of the whole run.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // It believes the types, which do not say that a signal is aborted or a field is set while somebody waits.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // DTOs are classes because decorators need one; what is answered is an object of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // `a === null || !a.valid` says both cases; `!a?.valid` hides one.
      '@typescript-eslint/prefer-optional-chain': 'off',
      // It asks for the `!` that no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      // A log goes through Nest's logger, which knows what may stand in it; the banner writes to stdout.
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export it by name: the same name everywhere.' },
      ],
    },
  },
  {
    files: ['dashboard/src/**'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      // TanStack Router redirects by throwing what is no error.
      '@typescript-eslint/only-throw-error': 'off',
      // A handler of React answers nothing, whatever its arrow function does.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
  {
    files: ['src/modules/providers/adapters/**'],
    // What a vendor calls deprecated is all that the servers compatible with it understand.
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts', '**/*.testkit.ts'],
    rules: {
      // Jest's asymmetric matchers and a parsed body are `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A fake provider may fail before it yields anything.
      'require-yield': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    files: ['**/*.cjs', 'examples/**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: COMMONJS_GLOBALS },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
);

/** @param {string[]} names */
function readonly(...names) {
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}
