import { expect, it } from 'vitest'
import type { Overview, Side } from './api'
import { inAll, shareOf, standing } from './model'

const side = (issued_fen: string, paid_fen: string, failed_fen: string): Side => ({ purse: { level: 'city', place: '520100', name: { zh: '市', en: 'City' } }, issued_fen, paid_fen, failed_fen })

it.each([
  [side('0', '0', '0'), 'none'],
  [side('100', '100', '0'), 'paid'],
  [side('100', '40', '60'), 'failed'],
  [side('100', '40', '0'), 'waiting'],
])('says in one word how a half stands', (given, word) => expect(standing(given)).toBe(word))

it.each([
  ['30', '0.3'],
  ['100', '1'],
  ['5', '0.05'],
  ['33.33', '0.3333'],
  ['0.5', '0.005'],
  ['12.5', '0.125'],
  ['0', null],
  ['101', null],
  ['', null],
  ['1/3', null],
  ['-5', null],
  ['1e2', null],
])('reads %s percent as %s', (percent, share) => expect(shareOf(percent)).toBe(share))

it('adds up orders over purses without a float', () => {
  const purse = { level: 'city' as const, place: '520100', name: { zh: '市', en: 'City' } }
  const overview: Overview = { on: '2025-10-22', differing: 0, releases: 0, unmatched: 0, purses: [{ purse, states: [{ state: 'waiting', count: 2, amount_fen: '9007199254740993' }] }, { purse, states: [{ state: 'waiting', count: 1, amount_fen: '2' }, { state: 'paid', count: 5, amount_fen: '7' }] }] }
  expect(inAll(overview, 'waiting')).toEqual({ count: 3, amount: '9007199254740995' })
})
