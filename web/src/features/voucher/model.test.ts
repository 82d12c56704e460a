import { expect, test } from 'vitest'
import { actsOf, byOpenness, effect, settling, slices } from './model'

const voucher = { face_fen: '30000', spent_fen: '6000', held_fen: '0', free_fen: '15000', returned_fen: '4000', expired_fen: '5000' }

test('the parts of a voucher add up to its face, and nothing stands for nothing', () => {
  expect(slices(voucher).map((s) => [s.kind, s.fen, s.width])).toEqual([
    ['spent', '6000', 20],
    ['free', '15000', 50],
    ['back', '9000', 30],
  ])
  expect(slices({ ...voucher, face_fen: '0', spent_fen: '0', free_fen: '0', returned_fen: '0', expired_fen: '0' })).toEqual([])
})

test('a page offers what the server allows, in its own order', () => {
  expect(actsOf(['recall', 'approve', 'somersault'])).toEqual(['approve', 'recall'])
  expect(actsOf([])).toEqual([])
})

test('a voucher that waits for the ledger is read again', () => {
  expect([settling('issuing'), settling('ending'), settling('live'), settling('spent')]).toEqual([true, true, false, false])
})

test('a hold takes and a release gives; a deduction was taken by its hold', () => {
  expect([effect('held'), effect('released'), effect('deducted'), effect('recovered'), effect('expired')]).toEqual([-1, 1, 0, 1, -1])
})

test('what can be had comes before what cannot', () => {
  const closed = { zh: '草案', en: 'draft' }
  expect(byOpenness([{ closed, id: 1 }, { id: 2 }, { closed, id: 3 }, { id: 4 }]).map((p) => p.id)).toEqual([2, 4, 1, 3])
})
