import { Button, Checkbox, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { recordMeeting, type Panel } from './api'

type Recommendation = Panel['meetings'][number]['decisions'][number]['recommendation']

/** What the panel decided together, and the form that records it. */
export function Meetings({ panel: p, office }: { panel: Panel; office: boolean }) {
  const { d } = useLang()
  const w = d.review
  const may = office && (p.state === 'complete' || p.state === 'closed')
  const [asked, ask] = useState(false)
  const open = may && (asked || (p.state === 'complete' && p.meetings.length === 0))
  if (!p.draw) return null
  return (
    <Card title={w.meeting} note={w.meetingNote}>
      {p.meetings.length === 0 && <p className="note">{w.noMeeting}</p>}
      {p.meetings.map((m) => (
        <Held key={m.id} meeting={m} panel={p} />
      ))}
      {may && !open && (
        <Button size="small" onClick={() => ask(true)}>
          {w.meetingGo}
        </Button>
      )}
      {open && <Form key={p.meetings.length} panel={p} />}
    </Card>
  )
}

function Held({ meeting: m, panel: p }: { meeting: Panel['meetings'][number]; panel: Panel }) {
  const { d, lang } = useLang()
  const w = d.review
  const name = (expert: string) => p.draw?.pool.find((c) => c.expert === expert)?.name ?? expert
  return (
    <div className="held">
      <p>
        <b className="num">{tableDate(m.held_on, lang)}</b> {m.place} · {w.chair} {name(m.chair)} · {w.present} {m.present.map(name).join(d.app.listComma)}
      </p>
      <ul className="lacks">
        {m.decisions.map((one) => (
          <li key={one.case}>
            <span className="mono">{p.cases.find((c) => c.id === one.case)?.number}</span> <span className={`chip ${one.recommendation === 'recommend' ? 'chip-eligible' : 'chip-lacking'}`}>{w.recommendation[one.recommendation]}</span> {one.text}
            {one.recused.length > 0 && (
              <span className="note">
                {' '}
                {w.recused} {one.recused.map(name).join(d.app.listComma)}
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="prose">{m.minutes}</p>
      <p className="note">{fill(w.checkedBy, { name: m.by, at: tableDate(m.at, lang) })}</p>
    </div>
  )
}

interface Opinion {
  recommendation: Recommendation | ''
  text: string
  recused: string[]
}

function Form({ panel: p }: { panel: Panel }) {
  const { d } = useLang()
  const w = d.review
  const id = useId()
  const members = [...new Map(p.table.flatMap((line) => line.seats.filter((seat) => seat.state !== 'left')).map((seat) => [seat.expert, seat.name])).entries()].map(([value, label]) => ({ value, label }))
  const [held, setHeld] = useState('')
  const [place, setPlace] = useState('')
  const [present, setPresent] = useState<string[]>(() => members.map((m) => m.value))
  const [chair, setChair] = useState('')
  const [minutes, setMinutes] = useState('')
  const [opinions, setOpinions] = useState<Record<string, Opinion>>({})
  const send = useWrite(recordMeeting(p.id))
  const problem = send.error ? Problem.from(send.error) : null
  const of = (caseId: string): Opinion => opinions[caseId] ?? { recommendation: '', text: '', recused: [] }
  const set = (caseId: string, change: Partial<Opinion>) => setOpinions((all) => ({ ...all, [caseId]: { ...of(caseId), ...change } }))
  const decisions = p.cases.flatMap((c) => {
    const one = of(c.id)
    return one.recommendation === '' ? [] : [{ case: c.id, recommendation: one.recommendation, text: one.text.trim(), recused: one.recused }]
  })
  return (
    <form
      className="stack meeting-form"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ held_on: held, place: place.trim(), chair, present, minutes: minutes.trim(), decisions })
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-held`}>{w.held}</label>
        <Input id={`${id}-held`} type="date" value={held} onChange={(e) => setHeld(e.target.value)} />
      </div>
      <TextField name="place" label={w.place} value={place} onChange={setPlace} error={problem?.of('place')} />
      <fieldset className="past">
        <legend>{w.present}</legend>
        <Checkbox.Group value={present} onChange={(chosen) => setPresent(chosen)} options={members} />
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-chair`}>{w.chair}</label>
        <Select id={`${id}-chair`} className="full" value={chair || null} onChange={(value) => setChair(value ?? '')} options={members.filter((m) => present.includes(m.value))} />
      </div>
      {p.cases.map((c) => (
        <fieldset key={c.id} className="past">
          <legend className="mono">{c.number}</legend>
          <Select className="full" aria-label={`${w.decision} ${c.number}`} value={of(c.id).recommendation} onChange={(recommendation) => set(c.id, { recommendation })} options={[{ value: '', label: w.skip }, ...Object.entries(w.recommendation).map(([value, label]) => ({ value: value as Recommendation, label }))]} />
          {of(c.id).recommendation !== '' && (
            <>
              <Input.TextArea aria-label={`${w.decision} ${c.number}`} autoSize={{ minRows: 2 }} maxLength={2000} value={of(c.id).text} onChange={(e) => set(c.id, { text: e.target.value })} />
              <Select mode="multiple" className="full" aria-label={`${w.recused} ${c.number}`} placeholder={w.recused} value={of(c.id).recused} onChange={(recused: string[]) => set(c.id, { recused })} options={members.filter((m) => present.includes(m.value))} />
            </>
          )}
        </fieldset>
      ))}
      <div className="field">
        <label htmlFor={`${id}-minutes`}>{w.minutes}</label>
        <Input.TextArea id={`${id}-minutes`} autoSize={{ minRows: 3 }} maxLength={10000} value={minutes} onChange={(e) => setMinutes(e.target.value)} />
      </div>
      {send.error && <ErrorPanel error={send.error} />}
      <div>
        <Button type="primary" htmlType="submit" disabled={send.isPending || !held || !chair || decisions.length === 0 || !minutes.trim()}>
          {w.meetingGo}
        </Button>
      </div>
    </form>
  )
}
