import { render, screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { BudgetTable, type BudgetLine } from './BudgetTable'

const line = (rest: Partial<BudgetLine>): BudgetLine => ({ key: 'k', name: { zh: '智算券', en: 'Voucher' }, clause: null, ceiling_fen: '0', paid_fen: '0', held_fen: '0', free_fen: '0', blocked_by: null, ...rest })

it('totals each column exactly, and shows no free amount before a ruling', () => {
  render(
    <Stage>
      <BudgetTable rows={[line({ key: 'a', ceiling_fen: '9007199254740993', paid_fen: '1', free_fen: '5', blocked_by: 'A10' }), line({ key: 'b', ceiling_fen: '2', paid_fen: '2', free_fen: '7' })]} />
    </Stage>,
  )
  const rows = screen.getAllByRole('row').map((row) => within(row).queryAllByRole('cell').map((cell) => cell.textContent))
  expect(rows[1]?.at(-1)).toBe('待裁定 A10')
  expect(rows[2]?.at(-1)).toBe('0.07')
  expect(rows[3]).toEqual(['合计', '', '90,071,992,547,409.95', '0.03', '0.00', '0.12'])
})

it('has columns for purse, source and grant only where rows bear them', () => {
  const { rerender } = render(<Stage><BudgetTable rows={[line({})]} /></Stage>)
  const heads = () => screen.getAllByRole('columnheader').map((head) => head.textContent)
  expect(heads()).toEqual(['措施', '', '上限', '已付', '占用', '可用'])
  rerender(<Stage><BudgetTable rows={[line({ purse: 'city', granted_fen: '1', source: { zh: '指南', en: 'Guide' } })]} /></Stage>)
  expect(heads()).toEqual(['措施', '谁的钱', '', '上限', '上限来自', '已拨入', '已付', '占用', '可用'])
})
