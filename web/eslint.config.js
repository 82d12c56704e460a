import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    languageOptions: { globals: globals.browser },
    rules: {
      ...hooks.configs.recommended.rules,
      // A file that outgrows this wants to be two.
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // Money is text of fen and BigInt; parseFloat near it is a defect.
      'no-restricted-globals': ['error', { name: 'parseFloat', message: 'Amounts are text of fen: use money/fen.ts.' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['src/i18n/*.ts'], rules: { 'max-lines': 'off' } },
)
