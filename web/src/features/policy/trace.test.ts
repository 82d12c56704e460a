import { expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { toSteps } from './trace'

const text = (zh: string) => ({ zh, en: zh })
const names = { lang: 'zh' as const, kind: (k: string) => text(k), attestor: (a: string) => a, date: (x: string) => x }
const step = (rest: Partial<Schemas['RuleTraceStep']>): Schemas['RuleTraceStep'] => ({ kind: 'compute', clause: { document: '002', path: '二', label: text('贵阳措施 二') }, text: text(''), role: 'line', facts: [], amount_fen: null as unknown as string, ...rest })

it('keeps every step but the halves, which Split shows', () => {
  const steps = toSteps([step({}), step({ role: 'result', amount_fen: '5', note: text('人民币伍分') }), step({ role: 'split' }), step({ role: 'split' })], names)
  expect(steps.map((s) => s.role)).toEqual(['line', 'result'])
  expect(steps.map((s) => s.capitals)).toEqual([undefined, '人民币伍分'])
})

it('writes operators left of what came out', () => {
  const operators = toSteps(
    [
      step({ operator: 'times', operand: '30%', amount_fen: '546135000' }),
      step({ operator: 'min', operand: '5,000,000.00', amount_fen: '500000000' }),
      step({ operator: 'min', operand: '5,000,000.00', amount_fen: '374400000' }),
      step({ operator: 'minus', line_fen: '31240637', amount_fen: '468759363' }),
    ],
    names,
  ).map((s) => [s.operator?.zh, s.amount_fen])
  expect(operators).toEqual([
    ['× 30% ＝', '546135000'],
    ['取小', '500000000'],
    ['取小 5,000,000.00', '374400000'],
    ['−', '31240637'],
  ])
})

it('names each fact by kind, whose word it is and when, with its own amount', () => {
  const [only] = toSteps([step({ kind: 'fact', facts: [{ id: 'f1', kind: 'cost', attested_by: 'auditor', occurred: '2025-03-01', amount_fen: '7' }] })], names)
  expect(only?.facts).toEqual([{ id: 'f1', label: 'cost · auditor · 2025-03-01', amount_fen: '7' }])
})
