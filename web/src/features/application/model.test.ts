import { expect, it } from 'vitest'
import { coming, ending, prefilled } from './adapt'
import { factsOf, faceOf, gaps, type Attachment, type State, type Terms } from './model'
import type { TraceStep } from '@/pattern/trace/Trace'
import { steps } from '@/stories/fixtures'

it('leads every open state to payment, and says that the first step is the present one', () => {
  for (const state of ['draft', 'returned', 'submitted', 'approved', 'held', 'paying'] satisfies State[]) {
    const ahead = coming(state, 'office', null)
    expect(ahead.at(-1)?.action).toBe('paid')
    expect(ahead.map((s) => s.when)).toEqual(['now', ...ahead.slice(1).map(() => 'to_come')])
    expect(ahead[0]?.role).toBe('office')
  }
  for (const state of ['paid', 'refused', 'unchosen', 'withdrawn'] satisfies State[]) expect(coming(state, '', null)).toEqual([])
})

it('fills the form from steps that rest on facts, and from no other', () => {
  expect(prefilled(steps).map((p) => p.label.zh)).toEqual(['深度合成算法备案通过，模型一致', '审计确认的建设成本'])
})

it('lists each fact once', () => {
  expect(factsOf([...steps, ...steps])).toEqual(['fact_1', 'fact_2', 'fact_3'])
})

it('names what stands between a draft and its submission', () => {
  const payee = { id: 'p', bank: '', holder: '', number: '' }
  expect(gaps({ payee: null, terms: null, attachments: [] }, { faults: [{ path: 'declared.org.credit[0].good', text: { zh: '请选', en: 'Choose' } }] })).toEqual(['form', 'payee'])
  expect(gaps({ payee, terms: null, attachments: [] })).toEqual([])
  const paper = { id: 'audit', name: { zh: '审计报告', en: 'Audit report' }, required: true }
  const terms = { evidence: [paper, { ...paper, id: 'photo', required: false }] } as unknown as Terms
  expect(gaps({ payee, terms, attachments: [] })).toEqual(['evidence'])
  expect(gaps({ payee, terms, attachments: [{ evidence: 'audit' } as Attachment] })).toEqual([])
})

it('walks a case of a call through review and proposal, and no step twice', () => {
  const terms = { together: true, notice: 5 } as Terms
  const actions = (state: State) => coming(state, 'office', terms).map((s) => s.action)
  expect(actions('draft')).toEqual(['submit', 'accept', 'propose', 'approve', 'countersign', 'paid'])
  expect(actions('submitted')).toEqual(['accept', 'propose', 'approve', 'countersign', 'paid'])
  expect(actions('accepted')).toEqual(['propose', 'approve', 'countersign', 'paid'])
  expect(actions('proposed')).toEqual(['approve', 'countersign', 'paid'])
  expect(coming('accepted', 'office', { together: false, notice: 0 } as Terms).map((s) => s.action)).toEqual(['approve', 'countersign', 'paid'])
})

it('draws no clock while it waits for the organisation', () => {
  const promise = { total: 60, used: 5, left: 55, paused: false, ended: false, due: '2025-12-01', known: true }
  expect(faceOf(promise)).toEqual({ left: 55, total: 60 })
  expect(faceOf({ ...promise, paused: true })).toBeNull()
  expect(faceOf(null)).toBeNull()
})

it('ends the calculation with what is decided on, and keeps what the rule gives above it', () => {
  const result: TraceStep = { key: 'r', kind: 'step', text: { zh: '应付', en: 'Due' }, role: 'result', facts: [], amount_fen: '63436598', capitals: '人民币陆拾叁万肆仟叁佰陆拾伍元玖角捌分' }
  expect(ending([result], { amount_fen: '63436598', entitled_fen: '63436598', capitals: '' })).toEqual([result])
  const short = ending([result], { amount_fen: '239861', entitled_fen: '63436598', capitals: '人民币贰仟叁佰玖拾捌元陆角壹分' })
  expect(short.map((s) => [s.role, s.amount_fen, s.capitals])).toEqual([
    ['subtotal', '63436598', undefined],
    ['result', '239861', '人民币贰仟叁佰玖拾捌元陆角壹分'],
  ])
})
