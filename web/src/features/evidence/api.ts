import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'
import { useLang, type Text } from '@/i18n'
import type { Fact, Log } from './model'

export const useLog = () => useQuery({ queryKey: ['log'], queryFn: (): Promise<Log> => answer(api.GET('/log')), staleTime: 30_000 })

export const checkpoint = () => answer(api.GET('/log/checkpoint', { parseAs: 'text' })) as Promise<string>
export const inclusion = (index: number, size: number) => answer(api.GET('/log/proof/inclusion', { params: { query: { index, size } } }))

export function toFact(f: Schemas['EvidenceFactBody']): Fact {
  const names = new Map(f.attribute_labels.map((l) => [l.name, l]))
  return {
    ...f,
    label: f.label ?? null,
    attributes: f.attributes.map(([name = '', value = '']) => ({ name, label: names.get(name)?.text ?? null, value, words: names.get(name)?.value ?? null })),
    salt: f.salt ?? null,
    canonical: f.canonical ?? null,
  }
}

export const useFact = (id: string) =>
  useQuery({ queryKey: ['fact', id], queryFn: async () => toFact(await answer(api.GET('/facts/{id}', { params: { path: { id } } }))), enabled: id !== '' })

export const useFacts = (org: string, q: string) =>
  usePages(['facts', org, q], async (cursor) => {
      const page = await answer(api.GET('/organisations/{org}/facts', { params: { path: { org }, query: { q, cursor } } }))
      return { items: page.items.map(toFact), next: page.next }
    }, org !== '')

export const verifyEvidence = () => answer(api.POST('/evidence/verify'))

/** Names of the kinds of facts, from the vocabulary; a kind without one keeps its name in code. */
export function useKindName(): (kind: string) => Text {
  const kinds = useQuery({ queryKey: ['fact-kinds'], queryFn: async () => (await answer(api.GET('/fact-kinds'))).kinds, staleTime: Infinity })
  return (kind) => kinds.data?.find((k) => k.name === kind)?.text ?? { zh: kind, en: kind }
}

/** Who attests, in the reader's words. */
export function useAttestorName(): (attestor: string) => string {
  const { d } = useLang()
  const names: Record<string, string> = d.attestor
  return (attestor) => names[attestor] ?? attestor
}
