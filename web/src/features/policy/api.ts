import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api, formOf, type Schemas } from '@/api/client'
import { useLang, type Text } from '@/i18n'
import { parseYuan } from '@/money/fen'
import type { OutcomeName } from '@/pattern/outcome/Outcome'
import type { Measure, Parameter, PolicyDocument } from './model'

function toDocument(d: Schemas['PolicyDocument']): PolicyDocument {
  return {
    ...d,
    clauses_list: d.clauses_list.map((c) => ({ ...c, text: c.text ?? null, reading: c.reading ?? null, why_no_rule: c.why_no_rule ?? null })),
  }
}

/** Money figures are yuan in the contract and fen here; the others stay as written. */
function toParameter(p: Schemas['PolicyParameter']): Parameter {
  const own = (value: string) => (p.kind === 'money' ? (parseYuan(value) ?? '0') : value)
  return { ...p, value: own(p.value), min: own(p.min), max: own(p.max), step: own(p.step), phrase: p.phrase ?? null, mark: p.mark ?? null, clause: p.clause ?? null }
}

function toMeasure(m: Schemas['PolicyMeasure']): Measure {
  return {
    ...m,
    clause: m.clause ?? null,
    formula: m.formula ?? null,
    leads: m.leads ?? null,
    usage: m.usage ?? null,
    parts: m.parts.map((p) => ({ ...p, note: p.note ?? null, question: p.question ?? null })),
    parameters: m.parameters.map(toParameter),
    cases: m.cases.map((c) => ({ ...c, outcome: c.outcome as OutcomeName, amount_fen: c.amount_fen ?? null })),
    questions: m.questions.map((q) => ({ ...q, ruling: q.ruling ?? null })),
  }
}

const path = (id: string) => ({ params: { path: { id } } })

export const useDocuments = () => useQuery({ queryKey: ['documents'], queryFn: async () => (await answer(api.GET('/policy/documents'))).items })
export const useDocument = (id: string) => useQuery({ queryKey: ['document', id], queryFn: async () => toDocument(await answer(api.GET('/policy/documents/{id}', path(id)))) })
export const measuresQuery = queryOptions({ queryKey: ['measures'], queryFn: async () => (await answer(api.GET('/policy/measures'))).items })
export const useMeasures = () => useQuery(measuresQuery)
/** Names measures by id; the id itself where none is known. */
export function useMeasureName(): (id: string) => Text {
  const measures = useMeasures().data
  return (id) => measures?.find((m) => m.id === id)?.name ?? { zh: id, en: id }
}
/** Names what support is for: a model, a project, a platform; else the measure and the year. */
export function useMatterName(): (measure: string, matter: string) => string {
  const { say } = useLang()
  const name = useMeasureName()
  return (measure, matter) => (matter.startsWith(`${measure}/`) ? `${say(name(measure))} ${matter.slice(measure.length + 1)}` : matter)
}
/** Names what a measure is ranked by: the panel's mean, or a figure of its facts. */
export function useFactorName(): (measure: string, factor: string) => string {
  const { d, say } = useLang()
  const measures = useMeasures().data
  return (measure, factor) => {
    if (factor === 'review') return d.call.reviewFactor
    const named = measures?.find((m) => m.id === measure)?.factors.find((f) => f.id === factor)
    return named ? say(named.name) : factor
  }
}
export const useMeasure = (id: string) => useQuery({ queryKey: ['measure', id], queryFn: async () => toMeasure(await answer(api.GET('/policy/measures/{id}', path(id)))), enabled: id !== '' })
export const useQuestions = () => useQuery({ queryKey: ['questions'], queryFn: async () => (await answer(api.GET('/policy/questions'))).items })
export const useGuides = () => useQuery({ queryKey: ['guides'], queryFn: async () => (await answer(api.GET('/policy/guides'))).items })
export const useSearch = (q: string) => useQuery({ queryKey: ['search', q], queryFn: async () => (await answer(api.GET('/policy/search', { params: { query: { q } } }))).items, enabled: q !== '' })
export const useReply = (q: string) => useQuery({ queryKey: ['reply', q], queryFn: () => answer(api.GET('/policy/answers', { params: { query: { q } } })) })

export async function tryMeasure(id: string, inputs: Record<string, string>) {
  const trial = await answer(api.POST('/policy/measures/{id}/try', { ...path(id), body: { inputs } }))
  return { outcome: trial.outcome, amount_fen: trial.amount_fen ?? null, provisional_fen: trial.provisional_fen ?? null, assumed: trial.assumed ?? null }
}

export const importDocument = (file: File) => answer(api.POST('/policy/documents', { body: { file: '' }, bodySerializer: () => formOf(file) }))
