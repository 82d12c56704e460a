import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { Dumbbells } from './Dumbbells'

it('marks losers by shape, newcomers by word, and says each change as figures', () => {
  const { container } = render(
    <Stage>
      <Dumbbells changes={[{ key: 'a', name: '甲', before_fen: '50000000', after_fen: '30000000' }, { key: 'b', name: '乙', before_fen: '0', after_fen: '7200000' }, { key: 'c', name: '丙', before_fen: '100', after_fen: '100' }]} />
    </Stage>,
  )
  expect(container.querySelectorAll('.triangle')).toHaveLength(1)
  expect(screen.getByRole('img', { name: '500,000.00 → 300,000.00' })).toBeTruthy()
  const deltas = Array.from(container.querySelectorAll('.dumbbell-delta'), (x) => x.textContent)
  expect(deltas).toEqual(['−200,000.00', '新进 +72,000.00', '不变'])
})

it('keeps every mark inside the scale', () => {
  const { container } = render(<Stage><Dumbbells changes={[{ key: 'a', name: '甲', before_fen: '99999999', after_fen: '100000001' }]} /></Stage>)
  const left = Array.from(container.querySelectorAll<HTMLElement>('.hollow, .filled'), (x) => Number(x.style.left.replace('%', '')))
  expect(left.every((x) => x >= 0 && x <= 100)).toBe(true)
  expect(left[0]).toBeLessThanOrEqual(left[1] ?? 0)
})
