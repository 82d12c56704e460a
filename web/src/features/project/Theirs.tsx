import './project.css'
import { Button } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import { stampTime } from '@/calendar/date'
import { useIndustryName, usePlaceName } from '@/features/region/api'
import { fill, useLang } from '@/i18n'
import { Facts } from '@/pattern/layout/Facts'
import { Money } from '@/pattern/money/Money'
import type { Body, Project } from './model'

interface Props {
  project: Project
  fields: (keyof Body)[]
  onMine: () => void
  onTheirs: () => void
}

/** Two windows wrote different words: what the other one saved, field by field, and one is chosen. */
export function Theirs({ project: p, fields, onMine, onTheirs }: Props) {
  const { d, lang, say } = useLang()
  const w = d.project
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'center' }) // the button that brought it stands far below
  }, [])
  const place = usePlaceName()
  const industry = useIndustryName()
  const lines = (texts: ReactNode[]) => (texts.length === 0 ? '—' : <ul className="lacks">{texts.map((text, i) => <li key={i}>{text}</li>)}</ul>)
  const shown: Record<keyof Body, [label: string, text: ReactNode]> = {
    name: [w.name, p.file.name],
    summary: [w.summary, <span key="summary" className="prose">{p.file.summary || '—'}</span>],
    industry: [w.industry, p.file.industry === '' ? w.industryNone : say(industry(p.file.industry))],
    stage: [w.stageLabel, w.stage[p.file.stage]],
    place: [w.place, say(place(p.file.place))],
    instruments: [w.instruments, p.file.instruments.map((one) => w.instrument[one as keyof typeof w.instrument]).join(d.app.listComma)],
    sought_fen: [w.sought, <Money key="sought" fen={p.file.sought_fen} />],
    costs: [w.costs, lines(p.file.costs.map((c) => <>{c.name} · {w.use[c.use]} · <Money fen={c.amount_fen} /></>))],
    papers: [w.papers, lines(p.file.papers.map((paper) => paper.name))],
  }
  return (
    <div ref={box} className="card project-theirs" role="alert">
      <b>{fill(w.twoTexts, { at: stampTime(p.updated_at, lang) })}</b>
      <Facts items={fields.map((field) => shown[field])} />
      <div className="row">
        <Button size="small" type="primary" onClick={onMine}>
          {w.keepMine}
        </Button>
        <Button size="small" onClick={onTheirs}>
          {w.takeTheirs}
        </Button>
      </div>
    </div>
  )
}
