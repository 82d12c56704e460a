import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { purses, steps } from '@/stories/fixtures'
import { Stage } from '@/stories/Stage'
import { Split } from './Split'
import { Trace } from './Trace'

it('is an ordered list with one item for each step of the engine, in its order', () => {
  render(<Stage><Trace steps={steps} /></Stage>)
  const list = screen.getByRole('list', { name: '计算步骤' })
  expect(list.tagName).toBe('OL')
  const items = Array.from(list.children)
  expect(items).toHaveLength(steps.length)
  expect(items.map((li) => li.textContent)).toEqual(steps.map((s) => expect.stringContaining(s.text.zh)))
})

it('names what each step rests on, and links its clause, its question and its facts', async () => {
  render(<Stage><Trace steps={steps} /></Stage>)
  expect(screen.getAllByRole('img', { name: '事实' })).toHaveLength(2)
  expect(screen.getByRole('link', { name: '裁 A4' }).getAttribute('href')).toBe('/policy/questions#A4')
  expect(screen.getAllByRole('link', { name: '贵阳措施 二' })[0]?.getAttribute('href')).toBe('/policy/documents/002?clause=%E4%BA%8C')
  const filing = screen.getByRole('button', { name: /深度合成/ })
  expect(filing.getAttribute('aria-expanded')).toBe('false')
  await userEvent.click(filing)
  expect(screen.getByRole('link', { name: '备案' }).getAttribute('href')).toBe('/evidence/facts/fact_1')
})

it('writes the result as money with its capitals under the label', () => {
  render(<Stage><Trace steps={steps} /></Stage>)
  const result = screen.getByText('应付').closest('li') as HTMLElement
  expect(within(result).getByText(/肆佰陆拾捌万/)).toBeTruthy()
  expect(result.textContent).toContain('¥4,687,593.63')
})

it('splits without losing a fen and says who bears the odd one', () => {
  render(<Stage lang="en"><Split purses={purses} /></Stage>)
  const cells = within(screen.getByRole('list', { name: 'Who bears it' })).getAllByRole('listitem')
  expect(cells.map((c) => c.textContent)).toEqual([expect.stringContaining('¥2,343,796.81'), expect.stringContaining('¥2,343,796.82')])
  expect(cells[1]?.textContent).toContain('with the odd fen')
})
