import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useAttestorName } from '@/features/evidence/api'
import { usePlaceName } from '@/features/region/api'
import { useLang, type Text } from '@/i18n'
import { format, parseYuan } from '@/money/fen'
import type { Alarm } from './model'

type Fact = Alarm['facts'][number]

/** The facts under an alarm, a column each; what all of them share is set off. */
export function SideBySide({ facts }: { facts: Fact[] }) {
  const { d, lang, say } = useLang()
  const attestor = useAttestorName()
  const place = usePlaceName()
  const words: Record<string, string> = { true: d.app.yes, false: d.app.no }
  const names: Text[] = []
  for (const a of facts.flatMap((f) => f.attributes)) if (!names.some((n) => n.zh === a.name.zh)) names.push(a.name)
  const rows: [string, (f: Fact) => string][] = [
    [d.evidence.kind, (f) => say(f.kind_name)],
    [d.evidence.subject, (f) => f.org.name || f.org.code],
    [d.evidence.object, (f) => f.object],
    [d.evidence.quantity, (f) => (f.unit === 'CNY' ? `¥ ${format(parseYuan(f.quantity) ?? '0')}` : f.unit === 'count' ? '' : `${f.quantity} ${f.unit}`)],
    [d.evidence.occurred, (f) => tableDate(f.occurred, lang)],
    [d.evidence.attestedBy, (f) => attestor(f.attested_by)],
    ...names.map((n): [string, (f: Fact) => string] => [say(n), (f) => {
      const found = f.attributes.find((a) => a.name.zh === n.zh)
      if (!found) return ''
      if (found.words) return say(found.words)
      return found.type === 'place' ? say(place(found.value)) : found.type === 'date' ? tableDate(found.value, lang) : (words[found.value] ?? found.value)
    }]),
  ]
  return (
    <div className="side-by-side" tabIndex={0} role="region" aria-label={d.supervision.facts}>
      <table className="beside">
        <thead>
          <tr>
            <td />
            {facts.map((f) => (
              <th key={f.id} scope="col">
                <Link to={`/evidence/facts/${f.id}`} className="mono">
                  {f.id}
                </Link>
                {f.corrected_by && <div className="note bad">{d.supervision.corrected}</div>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .filter(([, of]) => facts.some((f) => of(f) !== ''))
            .map(([name, of]) => (
              <tr key={name} className={facts.length > 1 && facts.every((f) => of(f) === of(facts[0] ?? f)) ? 'alike' : ''}>
                <th scope="row">{name}</th>
                {facts.map((f) => (
                  <td key={f.id}>{of(f) || <span className="faint">—</span>}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}
