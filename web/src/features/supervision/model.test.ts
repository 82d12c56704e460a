import { expect, it } from 'vitest'
import { blocks, circle, precision, type Trade } from './model'

const trade = (buyer: string, seller: string): Trade => ({ buyer, buyer_name: buyer, seller, seller_name: seller, amount_fen: '1', from: '2025-01-01', to: '2025-01-01', facts: [buyer + seller] })

it('bars payment with a stop until it is dismissed or lapses', () => {
  const stops = (['open', 'proposed', 'confirmed', 'dismissed', 'lapsed'] as const).map((state) => blocks({ severity: 'stop', state }))
  expect(stops).toEqual([true, true, true, false, false])
  expect(blocks({ severity: 'look', state: 'open' })).toBe(false)
})

it('knows no precision before a decision, and rounds down', () => {
  expect(precision({ confirmed: 0, dismissed: 0 })).toBeNull()
  expect(precision({ confirmed: 0, dismissed: 3 })).toBe(0)
  expect(precision({ confirmed: 2, dismissed: 1 })).toBe(66)
  expect(precision({ confirmed: 3, dismissed: 0 })).toBe(100)
})

it('puts each party of a ring on its own spot of the circle', () => {
  const spots = circle([trade('a', 'b'), trade('b', 'c'), trade('c', 'a')], 10)
  expect(spots.map((s) => s.party)).toEqual(['a', 'b', 'c'])
  expect(new Set(spots.map((s) => `${s.x.toFixed(3)} ${s.y.toFixed(3)}`)).size).toBe(3)
  for (const s of spots) expect(Math.hypot(s.x, s.y)).toBeCloseTo(10)
})
