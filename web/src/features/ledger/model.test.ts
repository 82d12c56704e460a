import { expect, it } from 'vitest'
import { causeOf, inOrder, tree, visible, type Account, type Transfer } from './model'

const account = (name: string) => ({ name }) as Account
const transfer = (seq: number, ref = '') => ({ seq, ref, id: String(seq) }) as Transfer

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

it('shows the roots, and below them only open branches', () => {
  const nodes = tree([account('budget/2025/002-6'), account('budget/2024/002-6'), account('party')])
  const shown = (...open: string[]) => visible(nodes, new Set(open)).map((n) => n.path)
  expect(nodes[0]?.below).toBe(2)
  expect(shown()).toEqual(['budget', 'party'])
  expect(shown('budget', 'budget/2025')).toEqual(['budget', 'budget/2024', 'budget/2025', 'budget/2025/002-6', 'party'])
})

it('tells money’s way in the order of the journal', () => {
  const order = inOrder({ transfer: transfer(5), related: [{ relation: 'settles', steps: 0, transfer: transfer(3) }, { relation: 'passed_on', steps: 1, transfer: transfer(9) }] })
  expect(order.map((x) => [x.transfer.seq, x.relation])).toEqual([
    [3, 'settles'],
    [5, 'this'],
    [9, 'passed_on'],
  ])
})

it('leads back to the case behind an entry', () => {
  expect(causeOf(transfer(1, 'application/app_1'))).toBe('/applications/app_1')
  expect(causeOf(transfer(1, 'budget/2025'))).toBeNull()
})
