import { Button } from 'antd'
import { useWrite } from '@/api/write'
import { sentenceDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { issueLetter } from './api'
import type { Recovery } from './model'

/** The letter of a confirmed decision as it went out; the office issues it once. */
export function LetterCard({ recovery: r }: { recovery: Recovery }) {
  const { d, lang } = useLang()
  const issue = useWrite(issueLetter(r.id))
  const role = useSession().active?.role
  const open = r.letter === null && role === 'office' && r.can.includes('letter')
  if (r.letter === null && !open) return null
  return (
    <Card title={d.form.letters} note={d.form.lettersNote}>
      {r.letter !== null && (
        <>
          <a href={`/api/v1/recoveries/${r.id}/letter`} className="break" download>
            {r.letter.number}.pdf
          </a>
          <div className="note break">
            {fill(d.form.decidedOn, { day: sentenceDate(r.letter.decided_on, lang) })} · SHA-256 <span className="mono">{r.letter.sha256.slice(0, 16)}…</span>
          </div>
        </>
      )}
      {open && (
        <Button disabled={issue.isPending} onClick={() => issue.mutate(r.revision)}>
          {d.form.issueLetter}
        </Button>
      )}
      {issue.error && <ErrorPanel error={issue.error} />}
    </Card>
  )
}
