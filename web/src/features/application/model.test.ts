import { expect, it } from 'vitest'
import { coming, prefilled } from './adapt'
import { factsOf, gaps, type State } from './model'
import { steps } from '@/stories/fixtures'

it('leads every open state to payment, and says that the first step is the present one', () => {
  for (const state of ['draft', 'returned', 'submitted', 'approved', 'held', 'paying'] satisfies State[]) {
    const ahead = coming(state, 'office')
    expect(ahead.at(-1)?.action).toBe('paid')
    expect(ahead.map((s) => s.when)).toEqual(['now', ...ahead.slice(1).map(() => 'to_come')])
    expect(ahead[0]?.role).toBe('office')
  }
  for (const state of ['paid', 'refused', 'withdrawn'] satisfies State[]) expect(coming(state, '')).toEqual([])
})

it('fills the form from steps that rest on facts, and from no other', () => {
  expect(prefilled(steps).map((p) => p.label.zh)).toEqual(['深度合成算法备案通过，模型一致', '审计确认的建设成本'])
})

it('lists each fact once', () => {
  expect(factsOf([...steps, ...steps])).toEqual(['fact_1', 'fact_2', 'fact_3'])
})

it('names what stands between a draft and its submission', () => {
  expect(gaps({ payee: null, outcome: 'lacking' })).toEqual(['facts', 'payee'])
  expect(gaps({ payee: { id: 'p', bank: '', holder: '', number: '' }, outcome: 'eligible' })).toEqual([])
})
