import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { Clock } from './Clock'
import { Timeline } from './Timeline'

it.each([
  [{ left: 3, total: 5 }, '剩 3 个工作日', 5, 2],
  [{ left: 0, total: 5 }, '今天到期', 5, 5],
  [{ left: -1, total: 5 }, '超 1 个工作日', 6, 6],
  [{ left: 20, total: 60 }, '剩 20 个工作日', 0, 0],
])('says %o in words first, one tick a working day, words only above twelve', (face, words, ticks, used) => {
  const { container } = render(<Stage><Clock face={face} /></Stage>)
  expect(container.textContent).toBe(words)
  expect(container.querySelectorAll('i')).toHaveLength(ticks)
  expect(container.querySelectorAll('.used')).toHaveLength(used)
})

it('marks the present step and says whose turn it is', () => {
  render(
    <Stage lang="en">
      <Timeline moments={[{ key: 'a', when: 'past', title: 'Submitted' }, { key: 'b', when: 'now', title: 'Decision', waitsFor: 'the office', clock: { left: 0, total: 5 } }, { key: 'c', when: 'to_come', title: 'Payment' }]} />
    </Stage>,
  )
  const items = screen.getAllByRole('listitem')
  expect(items.map((i) => i.getAttribute('aria-current'))).toEqual([null, 'step', null])
  expect(items[1]?.textContent).toBe('Now: Decisionthe officeDue today')
})
