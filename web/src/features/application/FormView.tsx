import './application.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { clockTime } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { submit, useForm, withdraw } from './api'
import { Attachments } from './Attachments'
import { useAutosave } from './autosave'
import { Calculation } from './Calculation'
import { Conflicts, KnownCard } from './Known'
import { Lacks } from './Lacks'
import { asked, gaps, may, type Application } from './model'
import { PrefilledRows } from './Prefilled'
import { Questions } from './Questions'
import { StateChip } from './StateChip'

/** One column, prefilled with the source of each item, saved as one types; what is missing stands at the top with links. */
export function FormView({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  const draft = useAutosave(a)
  const send = useWrite(async (_: undefined, key) => submit(a.id)(await draft.flush(), key))
  const leave = useWrite((_: undefined, key) => withdraw(a.id)(a.revision, key))
  const form = useForm(a.id)
  const open = gaps(a, form.data)
  const [strict, setStrict] = useState(false)
  const first = form.data?.faults.find((fault) => fault.path.startsWith('declared.'))?.path ?? ''
  function show() {
    setStrict(true)
    const place = document.getElementById(first) ?? document.getElementById(first.replace(/^declared\./, '').replace(/\[.*$/, ''))
    place?.scrollIntoView({ block: 'center' })
    place?.focus()
  }
  const returned = a.state === 'returned' ? a.opinions.findLast((o) => o.action === 'return') : undefined
  const state = draft.saving ? d.application.saving : draft.theirs !== null || draft.error !== null ? d.application.unsaved : draft.savedAt ? fill(d.application.saved, { at: clockTime(draft.savedAt) }) : d.application.autosave
  const error = draft.theirs === null ? (send.error ?? leave.error ?? draft.error) : null
  return (
    <>
      <PageHead
        title={say(a.name)}
        aside={<span className="mono">{a.number}</span>}
        crumbs={
          <>
            <Link to="/applications">{d.nav.myApplications}</Link> › {a.org.name}
          </>
        }
        sentence={
          <>
            <StateChip state={a.state} />{' '}
            {a.amount_fen === null ? <Say text={d.application.formSentenceOpen} parts={{ n: <b>{open.length}</b> }} /> : <Say text={open.length === 0 ? d.application.formSentenceReady : d.application.formSentence} parts={{ amount: <b><Money fen={a.amount_fen} /></b>, n: <b>{open.length}</b> }} />}
          </>
        }
        actions={
          <>
            {may(a, 'withdraw') && (
              <Button disabled={leave.isPending} onClick={() => leave.mutate(undefined)}>
                {d.application.withdraw}
              </Button>
            )}
            {may(a, 'submit') && (
              <Button type="primary" disabled={send.isPending || open.some((gap) => gap !== 'form') || draft.theirs !== null} onClick={() => (open.length > 0 ? show() : send.mutate(undefined))}>
                {a.state === 'returned' ? d.application.resubmit : d.application.submit}
              </Button>
            )}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {returned && (
            <div className="card returned">
              <b>{d.application.returnedBy}</b> {say(returned.note)} <span className="note">{returned.name}</span>
            </div>
          )}
          {error !== null && <div className="card"><ErrorPanel error={error} unchanged={d.application.textKept} /></div>}
          {draft.theirs !== null && <Choose theirs={draft.theirs.statement} onMine={draft.keepMine} onTheirs={draft.takeTheirs} />}
          {form.data && <Lacks lacking={form.data.lacking} declared={draft.draft.declared} />}
          {open.length > 0 && (
            <div className="card gaps" role="status">
              <b>{fill(d.application.gaps, { n: open.length })}</b>
              <ul>
                {open.map((gap) => (
                  <li key={gap}>
                    <a href={`#${gap}`} onClick={gap === 'form' ? show : undefined}>
                      {d.application.gap[gap]}
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <Loaded query={form} lines={6}>
            {(f) => (
              <>
                {f.known.length > 0 && <KnownCard known={f.known} />}
                <Conflicts conflicts={f.conflicts} />
                {asked(f).length > 0 && (
                  <Card title={d.form.title} note={state} anchor="form">
                    <p className="note prose">{d.form.note}</p>
                    <Questions form={f} strict={strict} declared={draft.draft.declared} onChange={(declared) => draft.type({ declared })} />
                  </Card>
                )}
              </>
            )}
          </Loaded>
          <Card title={d.application.form} note={d.application.formNote}>
            <PrefilledRows application={a} />
            <div className="form-row">
              <label htmlFor="statement">{d.application.statement}</label>
              <div>
                <Input.TextArea id="statement" value={draft.draft.statement} maxLength={4000} autoSize={{ minRows: 3, maxRows: 12 }} onChange={(e) => draft.type({ statement: e.target.value })} />
                <p className="note" role="status">
                  {d.application.ownWords} · {state}
                </p>
              </div>
            </div>
          </Card>
          <Attachments application={a} />
          <div id="facts">
            <Calculation application={a} />
          </div>
        </div>
        <Card title={d.application.next}>
          <ol className="how">
            <li>{d.application.next1}</li>
            <li>{d.application.next2}</li>
            <li>{d.application.next3}</li>
            <li>{d.application.next4}</li>
          </ol>
        </Card>
      </div>
    </>
  )
}

/** Two windows, or two people, wrote different words: both are shown, and one is chosen. */
function Choose({ theirs, onMine, onTheirs }: { theirs: string; onMine: () => void; onTheirs: () => void }) {
  const { d } = useLang()
  return (
    <div className="card returned" role="alert">
      <b>{d.application.twoTexts}</b>
      <blockquote className="prose statement">{theirs || d.application.emptyText}</blockquote>
      <div className="row">
        <Button size="small" type="primary" onClick={onMine}>
          {d.application.keepMine}
        </Button>
        <Button size="small" onClick={onTheirs}>
          {d.application.takeTheirs}
        </Button>
      </div>
    </div>
  )
}
