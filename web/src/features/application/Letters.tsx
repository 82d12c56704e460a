import './form.css'
import { Button } from 'antd'
import { useWrite } from '@/api/write'
import { sentenceDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { issueLetter } from './api'
import { may, type Application } from './model'

/** The letters of the decision as they went out; the office issues one. */
export function Letters({ application: a }: { application: Application }) {
  const { d, lang } = useLang()
  const issue = useWrite((_: undefined, key) => issueLetter(a.id)(a.revision, key))
  const open = may(a, 'letter') && a.letters.length === 0
  if (a.letters.length === 0 && !open) return null
  return (
    <Card title={d.form.letters} note={d.form.lettersNote}>
      <ul className="lacks">
        {a.letters.map((l) => (
          <li key={l.id}>
            <a href={`/api/v1/applications/${a.id}/letters/${l.id}`} className="break" download>
              {l.number}.pdf
            </a>{' '}
            <span className="chip">{d.form.decision[l.decision]}</span>
            <div className="note break">
              {fill(d.form.decidedOn, { day: sentenceDate(l.decided_on, lang) })} · SHA-256 <span className="mono">{l.sha256.slice(0, 16)}…</span>
            </div>
          </li>
        ))}
      </ul>
      {open && (
        <Button disabled={issue.isPending} onClick={() => issue.mutate(undefined)}>
          {d.form.issueLetter}
        </Button>
      )}
      {issue.error && <ErrorPanel error={issue.error} />}
    </Card>
  )
}
