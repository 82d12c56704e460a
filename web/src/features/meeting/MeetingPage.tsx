import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useWrite } from '@/api/write'
import { sentenceDate, stampTime, tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { useTasks, useUnits } from '@/features/target/api'
import { fill, useLang } from '@/i18n'
import { ActForm, Choice, Field, Words } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { closeDecision, decide, useMeeting, type Decision, type Sitting } from './api'

/** One meeting: its agenda, what it decided, and what earlier ones left open. */
export default function MeetingPage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useMeeting(id)} lines={6}>
      {(m) => <Whole key={m.id} m={m} />}
    </Loaded>
  )
}

function Whole({ m }: { m: Sitting }) {
  const { d, lang, say } = useLang()
  const w = d.meeting
  const office = useSession().active?.role === 'office'
  return (
    <>
      <PageHead title={m.title} crumbs={<Link to="/meetings">{w.title}</Link>} sentence={`${say(m.body.name)} · ${sentenceDate(m.day, lang)} · ${m.by}`} />
      <div className="columns">
        <div className="stack">
          <Card title={w.decisions}>
            {m.decisions.length === 0 ? <p className="soft">{w.noDecisions}</p> : <List decisions={m.decisions} agenda={m.agenda} closes={office} />}
          </Card>
          <Card title={w.carried} note={w.carriedNote}>
            {m.carried.length === 0 ? <p className="soft">{w.noCarried}</p> : <List decisions={m.carried} closes={office} />}
          </Card>
        </div>
        <div className="stack">
          {m.agenda.length > 0 && (
            <Card title={w.agendaOf}>
              <ol>
                {m.agenda.map((item, i) => (
                  <li key={i}>{item}</li>
                ))}
              </ol>
            </Card>
          )}
          {office && <Decide m={m} />}
        </div>
      </div>
    </>
  )
}

function List({ decisions, agenda, closes }: { decisions: Decision[]; agenda?: string[]; closes: boolean }) {
  const { d, lang, say } = useLang()
  const w = d.meeting
  return (
    <ul className="lacks">
      {decisions.map((one) => (
        <li key={one.id}>
          <p className="row">
            <span className={`chip ${one.closed ? '' : one.overdue ? 'chip-bad' : 'chip-lacking'}`}>{one.closed ? w.close : one.overdue ? w.overdue : w.open}</span>
            <b>{one.text}</b>
          </p>
          <div className="note">
            {agenda?.[one.item - 1] && <>{agenda[one.item - 1]} · </>}
            <Link to={`/tasks/${encodeURIComponent(one.task.id)}`}>{say(one.task.name)}</Link> · {say(one.unit.name)} · {tableDate(one.due, lang)}
          </div>
          {one.closed && <div className="note">{fill(w.closed, { name: one.closed.by, at: stampTime(one.closed.at, lang), note: one.closed.note })}</div>}
          {!one.closed && closes && <Close id={one.id} text={one.text} />}
        </li>
      ))}
    </ul>
  )
}

function Close({ id, text }: { id: string; text: string }) {
  const { d } = useLang()
  const w = d.meeting
  const [open, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const send = useWrite(closeDecision(id))
  if (!open)
    return (
      <button type="button" className="link-button" aria-label={`${w.close} ${text}`} onClick={() => setOpen(true)}>
        {w.close}
      </button>
    )
  return (
    <ActForm label={w.close} error={send.error} pending={send.isPending} ready={note.trim() !== ''} onSubmit={() => send.mutate(note.trim())}>
      <Words label={w.closeNote} value={note} onChange={setNote} rows={2} />
    </ActForm>
  )
}

const ALL_TASKS = { year: 0, unit: '', document: '', state: '', strength: '', q: '' }

function Decide({ m }: { m: Sitting }) {
  const { d, say } = useLang()
  const w = d.meeting
  const tasks = useTasks(ALL_TASKS).data ?? []
  const units = useUnits(0).data ?? []
  const fresh = { text: '', task: '', unit: '', due: '', item: '0' }
  const [typed, setTyped] = useState(fresh)
  const set = (part: Partial<typeof fresh>) => setTyped({ ...typed, ...part })
  const send = useWrite(decide(m.id), () => setTyped(fresh))
  const ready = typed.text.trim() !== '' && typed.task !== '' && typed.unit !== '' && typed.due !== ''
  return (
    <Card title={w.decide}>
      <ActForm label={w.saveDecision} error={send.error} pending={send.isPending} ready={ready} onSubmit={() => send.mutate({ text: typed.text.trim(), task: typed.task, unit: typed.unit, due: typed.due, item: Number(typed.item) })}>
        <Words label={w.text} value={typed.text} onChange={(text) => set({ text })} rows={2} />
        {m.agenda.length > 0 && <Choice label={w.item} value={typed.item} onChange={(item) => set({ item })} options={[{ value: '0', label: w.noItem }, ...m.agenda.map((a, i) => ({ value: String(i + 1), label: a }))]} />}
        <Choice label={w.task} value={typed.task} onChange={(task) => set({ task })} options={tasks.map((t) => ({ value: t.id, label: say(t.name) }))} />
        <Choice label={w.unit} value={typed.unit} onChange={(unit) => set({ unit })} options={units.map((u) => ({ value: u.id, label: say(u.name) }))} />
        <Field label={w.due} type="date" value={typed.due} onChange={(due) => set({ due })} />
      </ActForm>
    </Card>
  )
}
