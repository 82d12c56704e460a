import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { GoalBar } from './GoalBar'
import { LightChip, LIGHTS } from './LightChip'

it('draws what is, what is foretold and what will be missing, and says it in words', () => {
  const { container } = render(
    <Stage>
      <GoalBar shape={{ value: 51, forecast: 17, gap: 4, ticks: [{ year: 2025, value: 130, now: true, at: 72 }] }} label="现值 92.7，目标 130" />
    </Stage>,
  )
  expect(screen.getByRole('img', { name: '现值 92.7，目标 130' })).toBeTruthy()
  expect([...container.querySelectorAll<HTMLElement>('.goal-bar > span')].map((s) => s.style.width)).toEqual(['51%', '17%', '4%'])
  expect(container.querySelectorAll('.goal-tick-now')).toHaveLength(1)
})

it('draws nothing for an unknown figure', () => {
  const { container } = render(<Stage><GoalBar shape={null} label="待报数" /></Stage>)
  expect(container.querySelectorAll('.goal-bar > *')).toHaveLength(0)
})

it.each(LIGHTS)('gives %s a word and a shape', (light) => {
  const { container } = render(<Stage><LightChip light={light} /></Stage>)
  expect(container.textContent).not.toBe('')
  expect(container.querySelector('svg')?.childElementCount).toBeGreaterThan(0)
})
