import type { Schemas } from '@/api/client'
import { parseYuan, plain } from '@/money/fen'

export type Project = Schemas['ReferralProjectView']
export type Body = Schemas['ReferralFileBody']
export type Paper = Project['file']['papers'][number]
type Stage = Project['file']['stage']
type Use = Project['file']['costs'][number]['use']

/** A cost line as somebody types it; its id is what sendings name it by. */
export interface Line {
  id: string
  name: string
  use: Use
  yuan: string
  invoice: string
}

/** A project's file as somebody types it. */
export interface Draft {
  name: string
  summary: string
  industry: string
  stage: Stage
  place: string
  instruments: string[]
  yuan: string
  lines: Line[]
  papers: Paper[]
}

/** One more line; ids of lines that were taken out before are not given again while others stand after them. */
export function withLine(lines: Line[]): Line[] {
  const taken = lines.map((line) => Number(/^c(\d+)$/.exec(line.id)?.[1] ?? 0))
  return [...lines, { id: `c${Math.max(0, ...taken) + 1}`, name: '', use: 'model', yuan: '', invoice: '' }]
}

export const EMPTY: Draft = { name: '', summary: '', industry: '', stage: 'start_up', place: '', instruments: ['equity'], yuan: '', lines: withLine([]), papers: [] }

export const draftOf = ({ name, summary, industry, stage, place, instruments, sought_fen, costs, papers }: Project['file']): Draft => ({
  name,
  summary,
  industry,
  stage,
  place,
  instruments,
  yuan: plain(sought_fen),
  lines: costs.map((c) => ({ id: c.id, name: c.name, use: c.use, yuan: plain(c.amount_fen), invoice: c.invoice })),
  papers,
})

/** The file as the server takes it; an amount left empty is zero, which the server refuses at its field. */
export const bodyOf = ({ yuan, lines, instruments, ...rest }: Draft): Body => ({
  ...rest,
  instruments: instruments as Body['instruments'],
  sought_fen: parseYuan(yuan) ?? '0',
  costs: lines.map((line) => ({ id: line.id, name: line.name, use: line.use, amount_fen: parseYuan(line.yuan) ?? '0', invoice: line.invoice })),
})

/** Whether something stands there that is no amount. */
export const noAmount = (yuan: string) => yuan.trim() !== '' && parseYuan(yuan) === null

/** Whether every amount that was typed can be read. */
export const readable = (draft: Draft) => !noAmount(draft.yuan) && !draft.lines.some((line) => noAmount(line.yuan))

/** Where two files say different things, however their amounts are spelt. */
export function differing(mine: Draft, theirs: Draft): (keyof Body)[] {
  const [a, b] = [bodyOf(mine), bodyOf(theirs)]
  return (Object.keys(a) as (keyof Body)[]).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]))
}
