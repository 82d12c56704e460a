import './application.css'
import { Button } from 'antd'
import { Link } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { clockTime } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { submit } from './api'
import { Attachments } from './Attachments'
import { useAutosave } from './autosave'
import { Calculation } from './Calculation'
import { FieldRow } from './FieldRow'
import { missing, unfilled, type Application } from './model'
import { StateChip } from './StateChip'

/** One column, prefilled with the source of each field, saved as one types; errors at the field and summed at the top. */
export function FormView({ application: a }: { application: Application }) {
  const { d, say } = useLang()
  const draft = useAutosave(a)
  const send = useWrite(submit(a.id))
  const problem = send.error ? Problem.from(send.error) : null
  const gaps = [...unfilled(a.fields, draft.typed).map((f) => ({ to: `#field-${f.path}`, text: say(f.label) })), ...missing(a).map((w) => ({ to: '#attachments', text: say(w.label) }))]
  const returned = a.state === 'returned' ? a.opinions.findLast((o) => o.verb === 'return') : undefined
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
            {a.amount_fen !== null ? <Say text={d.application.formSentence} parts={{ amount: <b><Money fen={a.amount_fen} /></b>, n: <b>{gaps.length}</b> }} /> : <Say text={d.application.formSentenceOpen} parts={{ n: <b>{gaps.length}</b> }} />}
          </>
        }
        actions={
          <>
            <span className="note save-state" role="status">
              {draft.state === 'saving' ? d.application.saving : draft.savedAt ? fill(d.application.saved, { at: clockTime(draft.savedAt) }) : d.application.autosave}
            </span>
            <Button type="primary" loading={send.isPending} disabled={gaps.length > 0 || !a.allowed.includes('submit')} onClick={() => void draft.flush().then((revision) => send.mutate({ revision }))}>
              {a.state === 'returned' ? d.application.resubmit : d.application.submit}
            </Button>
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {returned && (
            <div className="card returned">
              <b>{d.application.returnedBy}</b> {returned.text} <span className="note">{returned.by}</span>
            </div>
          )}
          {(send.error ?? draft.error) !== null && <div className="card"><ErrorPanel error={send.error ?? draft.error} unchanged={d.application.textKept} /></div>}
          {gaps.length > 0 && (
            <div className="card gaps" role="status">
              <b>{fill(d.application.gaps, { n: gaps.length })}</b>
              <ul>
                {gaps.map((gap) => (
                  <li key={gap.to + gap.text}>
                    <a href={gap.to}>{gap.text}</a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <Card title={d.application.form} note={d.application.formNote}>
            <div className="form-fields">
              {a.fields.map((field) => (
                <FieldRow key={field.path} field={field} value={draft.typed[field.path] ?? field.value} error={problem?.of(field.path)} onChange={(value) => draft.type(field.path, value)} />
              ))}
            </div>
          </Card>
          <div id="attachments">
            <Attachments application={a} />
          </div>
          <Calculation application={a} />
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
