import { expect, it } from 'vitest'
import { tree, type Account } from './model'

const account = (path: string): Account => ({ id: path, path, name: null, asset: 'CNY', balance_fen: '0', held_fen: '0' })

it('lists parents before children, and names without an account of their own', () => {
  const nodes = tree([account('budget/2025/002-6'), account('budget/2025/002-2'), account('party')])
  expect(nodes.map((n) => [n.path, n.depth, n.account !== null])).toEqual([
    ['budget', 0, false],
    ['budget/2025', 1, false],
    ['budget/2025/002-2', 2, true],
    ['budget/2025/002-6', 2, true],
    ['party', 0, true],
  ])
})
