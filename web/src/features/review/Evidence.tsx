import { tableDate } from '@/calendar/date'
import { useAttestorName, useKindName } from '@/features/evidence/api'
import { FactQuantity } from '@/features/evidence/FactName'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import type { Review } from './api'

/** What a case rests on, as its reviewer may see it. */
export function Evidence({ review: r }: { review: Review }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const kind = useKindName()
  const attestor = useAttestorName()
  return (
    <>
      {r.statement && (
        <Card title={w.statement}>
          <p className="prose statement">{r.statement}</p>
        </Card>
      )}
      <Card title={w.facts} note={w.factsNote}>
        {r.facts.length === 0 && <p className="note">{w.noFacts}</p>}
        <ul className="lacks">
          {r.facts.map((f) => (
            <li key={f.id}>
              <b>{say(kind(f.kind))}</b> <FactQuantity fact={f} />
              <div className="note">{[f.object, tableDate(f.occurred, lang), attestor(f.attested_by)].filter(Boolean).join(' · ')}</div>
            </li>
          ))}
        </ul>
      </Card>
      <Card title={w.files} note={r.blind ? w.filesNote : undefined}>
        {r.files.length === 0 && <p className="note">{w.noFiles}</p>}
        <ul className="lacks">
          {r.files.map((f) => (
            <li key={f.id}>
              <a href={`/api/v1/reviews/${r.id}/files/${f.id}`} className="break" download>
                {f.name}
              </a>
              <div className="note break">
                SHA-256 <span className="mono">{f.sha256.slice(0, 16)}…</span>
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </>
  )
}
