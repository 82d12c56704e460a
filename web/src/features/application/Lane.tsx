import './form.css'
import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useDocuments } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { takeLane, useLanes, type LaneAct } from './api'
import { may, type Application, type LaneStep } from './model'

/** Whether a case goes ahead, why, and who said so; the step that the reader may take. */
export function LaneCard({ application: a }: { application: Application }) {
  const { d } = useLang()
  const role = useSession().active?.role
  const acts = may(a, 'lane') ? offered(a, role === 'office') : []
  if (a.laneSteps.length === 0 && acts.length === 0) return null
  return (
    <Card title={d.lane.title} note={d.lane.note}>
      <Steps steps={a.laneSteps} />
      {acts.length > 0 && <Step key={a.lane} application={a} acts={acts} />}
    </Card>
  )
}

/** An office marks and lifts; a second person, of finance too, confirms or declines. */
function offered({ lane, laneSteps }: Application, office: boolean): LaneStep['action'][] {
  if (lane === 'marked') return laneSteps.at(-1)?.own ? ['decline'] : ['confirm', 'decline']
  if (!office) return []
  return lane === 'green' ? ['lift'] : ['mark']
}

function Steps({ steps, named = false }: { steps: LaneStep[]; named?: boolean }) {
  const { d, lang } = useLang()
  return (
    <ul className="lacks">
      {steps.map((s) => (
        <li key={s.at + s.application}>
          <b>{d.lane.did[s.action]}</b> <ClauseRef clause={s.ground} />
          {named && (
            <>
              {' '}
              <Link to={`/applications/${s.application}`}>{s.org.name || s.org.code}</Link> <span className="note mono">{s.number}</span>
            </>
          )}
          <p className="prose">{s.reason}</p>
          <div className="note">
            {s.name} · {stampTime(s.at, lang)}
            {named && ` · ${d.lane.now[s.stands || 'none']}`}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Step({ application, acts }: { application: Application; acts: LaneStep['action'][] }) {
  const { d, say } = useLang()
  const id = useId()
  const documents = useDocuments().data ?? []
  const [ground, setGround] = useState({ document: '', clause: '' })
  const [reason, setReason] = useState('')
  const [open, setOpen] = useState(acts[0] === 'confirm')
  const send = useWrite(takeLane(application), () => setReason(''))
  const marking = acts[0] === 'mark'
  if (!open)
    return (
      <Button size="small" onClick={() => setOpen(true)}>
        {d.lane.act[acts[0] ?? 'mark']}
      </Button>
    )
  const ready = reason.trim() !== '' && (!marking || (ground.document !== '' && ground.clause.trim() !== ''))
  const take = (action: LaneAct['action']) => send.mutate({ action, reason: reason.trim(), ...(marking ? ground : {}) })
  return (
    <form className="stack fact-form" onSubmit={(event) => event.preventDefault()}>
      {marking && (
        <>
          <Select className="full" aria-label={d.lane.document} placeholder={d.lane.document} value={ground.document || null} onChange={(document) => setGround({ ...ground, document: document ?? '' })} options={documents.map((doc) => ({ value: doc.id, label: say(doc.title) }))} />
          <div className="field">
            <label htmlFor={`${id}-clause`}>{d.lane.clause}</label>
            <Input id={`${id}-clause`} maxLength={100} placeholder="四/16" value={ground.clause} onChange={(e) => setGround({ ...ground, clause: e.target.value })} />
          </div>
        </>
      )}
      <div className="field">
        <label htmlFor={`${id}-reason`}>{d.lane.reason}</label>
        <Input.TextArea id={`${id}-reason`} maxLength={2000} autoSize={{ minRows: 2 }} value={reason} onChange={(e) => setReason(e.target.value)} />
      </div>
      {send.error && <ErrorPanel error={send.error} />}
      <div className="row">
        {acts.map((act) => (
          <Button key={act} htmlType="button" disabled={!ready || send.isPending} onClick={() => take(act)}>
            {d.lane.act[act]}
          </Button>
        ))}
      </div>
    </form>
  )
}

/** Every use, for whoever audits. */
export function LaneUses() {
  const { d } = useLang()
  const lanes = useLanes()
  return (
    <Card title={d.lane.uses} note={d.lane.usesNote}>
      <Paged query={lanes} empty={<Empty title={d.lane.none} />}>
        {(steps) => <Steps steps={steps} named />}
      </Paged>
    </Card>
  )
}
