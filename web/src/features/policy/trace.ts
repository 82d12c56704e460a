import type { Schemas } from '@/api/client'
import { basisOf } from '@/features/match/api'
import type { Lang, Text } from '@/i18n'
import { format } from '@/money/fen'
import type { StepFact, TraceStep } from '@/pattern/trace/Trace'

type Step = Schemas['RuleTraceStep']

/** The operator as an accountant writes it, left of its result. */
function operatorOf(step: Step): Text | undefined {
  const operand = step.operand ?? ''
  // "lesser of 5,000,000.00" says nothing twice when the limit is what came out.
  const limit = step.amount_fen && format(step.amount_fen) === operand ? '' : ` ${operand}`
  switch (step.operator) {
    case 'times':
      return { zh: `× ${operand} ＝`, en: `× ${operand} =` }
    case 'min':
      return { zh: `取小${limit}`, en: `lesser of${limit}` }
    case 'max':
      return { zh: `取大${limit}`, en: `greater of${limit}` }
    case 'minus':
      return { zh: '−', en: '−' }
    case 'sum':
      return { zh: '合计', en: 'sum' }
    default:
      return operand ? { zh: operand, en: operand } : undefined
  }
}

interface Names {
  lang: Lang
  kind: (kind: string) => Text
  attestor: (attestor: string) => string
  date: (date: string) => string
}

/** The engine's trace as steps on the page: one for each, in its order. The halves are shown by Split below it. */
export function toSteps(trace: Step[], names: Names): TraceStep[] {
  return trace
    .filter((step) => step.role !== 'split')
    .map((step, i) => ({
      key: String(i),
      kind: basisOf(step.kind),
      clause: step.clause ?? undefined,
      text: step.text,
      // The result's note is its amount in capitals, which stands under the label in both languages.
      note: step.role === 'result' ? undefined : step.note,
      operator: operatorOf(step),
      amount_fen: (step.operator === 'minus' ? (step.line_fen ?? step.amount_fen) : step.amount_fen) ?? undefined,
      role: step.role === 'subtotal' || step.role === 'result' ? step.role : 'line',
      question: step.question || undefined,
      failed: step.ok === false,
      facts: step.facts.map((fact): StepFact => ({
        id: fact.id,
        label: [names.lang === 'en' ? names.kind(fact.kind).en : names.kind(fact.kind).zh, names.attestor(fact.attested_by), names.date(fact.occurred)].join(' · '),
        amount_fen: fact.amount_fen ?? undefined,
      })),
      capitals: step.role === 'result' ? step.note?.zh : undefined,
    }))
}
