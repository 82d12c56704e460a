import type { ReactNode } from 'react'
import { useIndustryName, usePlaceName } from '@/features/region/api'
import { useLang } from '@/i18n'
import { Money } from '@/pattern/money/Money'
import type { Body, Project } from './model'

export type Part = keyof Body

/** A file's parts as people read them, each with its label. */
export function useParts(): (file: Project['file']) => Record<Part, [label: string, text: ReactNode]> {
  const { d, say } = useLang()
  const w = d.project
  const place = usePlaceName()
  const industry = useIndustryName()
  const lines = (texts: ReactNode[]) => (texts.length === 0 ? '—' : <ul className="lacks">{texts.map((text, i) => <li key={i}>{text}</li>)}</ul>)
  return (file) => ({
    name: [w.name, file.name],
    summary: [w.summary, <span key="summary" className="prose">{file.summary || '—'}</span>],
    industry: [w.industry, file.industry === '' ? w.industryNone : say(industry(file.industry))],
    stage: [w.stageLabel, w.stage[file.stage]],
    place: [w.place, say(place(file.place))],
    instruments: [w.instruments, file.instruments.map((one) => w.instrument[one as keyof typeof w.instrument]).join(d.app.listComma)],
    sought_fen: [w.sought, <Money key="sought" fen={file.sought_fen} />],
    costs: [w.costs, lines(file.costs.map((c) => <>{c.name} · {w.use[c.use]} · <Money fen={c.amount_fen} />{c.invoice !== '' && <span className="note mono"> {c.invoice.slice(0, 12)}…</span>}</>))],
    papers: [w.papers, lines(file.papers.map((paper) => paper.name))],
  })
}
