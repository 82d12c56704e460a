import './project.css'
import { Button, Input, Select } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { useRegion } from '@/features/region/api'
import { useLang } from '@/i18n'
import { Slot } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { CostLines } from './CostLines'
import { noAmount, readable, type Draft, type Project } from './model'
import { Papers } from './Papers'

interface Props {
  draft: Draft
  /** As it was read; none for a new one. */
  project?: Project
  label: string
  error: Error | null
  pending: boolean
  onChange: (draft: Draft) => void
  /** Forgets what the server found wrong: places have moved. */
  onReset: () => void
  onSubmit: () => void
  aside?: ReactNode
  notice?: ReactNode
}

/** A project's file: what it is, what it costs, what is sought; what the server refuses stands at its field. */
export function ProjectForm({ draft, project, label, error, pending, onChange, onReset, onSubmit, aside, notice }: Props) {
  const { d, say } = useLang()
  const w = d.project
  const form = useRef<HTMLFormElement>(null)
  const region = useRegion().data
  const problem = error ? Problem.from(error) : null
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change })
  const places = region?.places.map((p) => ({ value: p.code, label: say(p.name) })) ?? []
  const options = <V extends string>(words: Record<V, string>) => (Object.entries(words) as [V, string][]).map(([value, text]) => ({ value, label: text }))
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('input[aria-invalid="true"], textarea[aria-invalid="true"]')?.focus()
  }, [error])
  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (readable(draft)) onSubmit()
      }}
    >
      {notice}
      <Card title={w.about}>
        <div className="project-about">
          <div className="project-wide">
            <Slot label={w.name} error={problem?.of('name')}>
              {(control) => <Input {...control} maxLength={240} value={draft.name} onChange={(e) => set({ name: e.target.value })} />}
            </Slot>
          </div>
          <Slot label={w.place} error={problem?.of('place')}>
            {(control) => <Select {...control} className="full" showSearch optionFilterProp="label" value={draft.place || null} onChange={(place) => set({ place: place ?? '' })} options={places} />}
          </Slot>
          <Slot label={w.industry} error={problem?.of('industry')}>
            {(control) => <Select {...control} className="full" showSearch optionFilterProp="label" value={draft.industry} onChange={(industry) => set({ industry })} options={[{ value: '', label: w.industryNone }, ...(region?.industries.map((one) => ({ value: one.id, label: say(one.name) })) ?? [])]} />}
          </Slot>
          <Slot label={w.stageLabel} error={problem?.of('stage')}>
            {(control) => <Select {...control} className="full" value={draft.stage} onChange={(stage) => set({ stage })} options={options(w.stage)} />}
          </Slot>
          <Slot label={w.instruments} error={problem?.of('instruments')}>
            {(control) => <Select {...control} className="full" mode="multiple" value={draft.instruments} onChange={(instruments) => set({ instruments })} options={options(w.instrument)} />}
          </Slot>
          <Slot label={w.soughtYuan} error={noAmount(draft.yuan) ? w.yuanBad : problem?.of('sought_fen')}>
            {(control) => <Input {...control} className="num" inputMode="decimal" value={draft.yuan} onChange={(e) => set({ yuan: e.target.value })} />}
          </Slot>
          <div className="project-wide">
            <Slot label={w.summary} error={problem?.of('summary')}>
              {(control) => <Input.TextArea {...control} autoSize={{ minRows: 3, maxRows: 12 }} maxLength={4000} value={draft.summary} onChange={(e) => set({ summary: e.target.value })} />}
            </Slot>
          </div>
        </div>
      </Card>
      <CostLines
        lines={draft.lines}
        sendings={project?.sendings ?? []}
        problem={problem}
        onChange={(lines) => {
          if (lines.length !== draft.lines.length) onReset()
          set({ lines })
        }}
      />
      <Papers papers={draft.papers} project={project} error={problem?.of('papers')} onChange={(papers) => set({ papers })} />
      {error && (problem?.fields.length ? <p role="alert" className="bad">{w.faults}</p> : <ErrorPanel error={error} unchanged={w.textKept} />)}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={pending || !readable(draft)}>
          {label}
        </Button>
        {aside}
      </div>
    </form>
  )
}
