import noUnsanitized from 'eslint-plugin-no-unsanitized';
import reactHooks from 'eslint-plugin-react-hooks';
import security from 'eslint-plugin-security';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { stageBoundaries } from './scripts/lint/stage-boundaries.ts';

export default defineConfig(
  globalIgnores(['node_modules', 'out', 'out-test', 'release', '.cache', 'test-results', 'walkthrough', '**/*.cjs', '**/*.js', '**/*.mjs']),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [security.configs.recommended, noUnsanitized.configs.recommended],
    plugins: { local: { rules: { 'stage-boundaries': stageBoundaries } } },
    rules: {
      // Its authors only warn.
      ...Object.fromEntries(Object.keys(security.configs.recommended.rules).map((rule) => [rule, 'error'])),
      'no-console': 'error',
      'local/stage-boundaries': 'error',
      // Fires at every index of an array and every key of a record; noUncheckedIndexedAccess and zod keep these.
      'security/detect-object-injection': 'off',
      // Fires at every path that is not a literal: the app's come from its profile and from ids that it made.
      'security/detect-non-literal-fs-filename': 'off',
      // Fires at `===` beside a variable called secret or token: no secret is compared here, but derived into a key that opens or does not.
      'security/detect-possible-timing-attacks': 'off',
    },
  },
  {
    // It counts optional groups inside each other. These have them, and no repetition without an end that could be read in two ways.
    files: [
      'src/main/assurance/{consent,reviewWork,statements}.ts', 'src/main/fhir/{reference,resources}.ts', 'src/main/review/transcriptLines.ts', 'src/main/testBuild/vectors.ts',
      'src/renderer/player/cues.ts',
    ],
    rules: { 'security/detect-unsafe-regex': 'off' },
  },
  {
    // Made from words that somebody looks for, with every special character escaped.
    files: ['src/renderer/player/lines.ts'],
    rules: { 'security/detect-non-literal-regexp': 'off' },
  },
  {
    files: ['src/renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    // Tests build the input of a stage with the stage before it.
    files: ['**/*.{test,fixture}.{ts,tsx}', '**/*.spec.ts'],
    rules: {
      'local/stage-boundaries': 'off',
      'security/detect-unsafe-regex': 'off',
      'security/detect-non-literal-regexp': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
