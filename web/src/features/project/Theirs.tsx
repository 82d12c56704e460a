import './project.css'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Facts } from '@/pattern/layout/Facts'
import type { Body, Project } from './model'
import { useParts } from './parts'

interface Props {
  project: Project
  fields: (keyof Body)[]
  onMine: () => void
  onTheirs: () => void
}

/** Two windows wrote different words: what the other one saved, field by field, and one is chosen. */
export function Theirs({ project: p, fields, onMine, onTheirs }: Props) {
  const { d, lang } = useLang()
  const w = d.project
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'center' }) // the button that brought it stands far below
  }, [])
  const shown = useParts()(p.file)
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
