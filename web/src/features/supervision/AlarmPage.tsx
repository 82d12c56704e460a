import './supervision.css'
import { Link, useParams } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useMeasureName } from '@/features/policy/api'
import type { RoleName } from '@/features/session/model'
import { fill, useLang } from '@/i18n'
import { format, parseYuan } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { AlarmChip } from './AlarmChip'
import { useAlarm } from './api'
import { Dispose } from './Dispose'
import { blocks, type Alarm } from './model'
import { SideBySide } from './SideBySide'
import { TradeRing } from './TradeRing'

/** One alarm: its reason in a sentence, the facts side by side, and the decision. */
export default function AlarmPage() {
  const { id = '' } = useParams()
  const alarm = useAlarm(id)
  return <Loaded query={alarm} lines={8}>{(a) => <AlarmView alarm={a} refresh={() => void alarm.refetch()} />}</Loaded>
}

function AlarmView({ alarm: a, refresh }: { alarm: Alarm; refresh: () => void }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const follow: Record<string, string> = d.supervision.follow
  return (
    <>
      <PageHead
        title={say(a.rule_name)}
        crumbs={<Link to="/alarms">{d.nav.alarms}</Link>}
        sentence={
          <>
            <AlarmChip state={a.state} blocks={blocks(a)} /> {say(a.reason)} {follow[a.follow] && <b>{fill(d.supervision.follows, { what: follow[a.follow] ?? '' })}</b>}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {a.trades.length > 0 && (
            <Card title={d.supervision.trades}>
              <TradeRing trades={a.trades} />
            </Card>
          )}
          {a.facts.length > 0 && (
            <Card title={d.supervision.facts} note={a.facts.length > 1 ? d.supervision.alike : undefined} flush>
              <SideBySide facts={a.facts} />
            </Card>
          )}
          <Card title={d.supervision.cases}>
            <ul className="lacks">
              {a.cases.map((c) => (
                <li key={c.id}>
                  <Link to={`/applications/${c.id}`} className="mono">
                    {c.number}
                  </Link>{' '}
                  {c.org.name} <span className="note">{say(measure(c.measure))}</span>
                </li>
              ))}
            </ul>
          </Card>
        </div>
        <div className="stack">
          <Dispose key={a.revision} alarm={a} onConflict={refresh} />
          <Trail alarm={a} />
          <RuleCard alarm={a} />
        </div>
      </div>
    </>
  )
}

function Trail({ alarm }: { alarm: Alarm }) {
  const { d, lang, say } = useLang()
  const did: Record<string, string> = d.supervision.did
  return (
    <Card title={d.supervision.trail}>
      <ol className="lacks">
        {alarm.trail.map((t) => (
          <li key={t.at + t.action}>
            <b>{did[t.action] ?? t.action}</b> <span className="note">{[t.name, d.role[t.role as RoleName], stampTime(t.at, lang)].filter(Boolean).join(' · ')}</span>
            {t.action !== 'raise' && <p className="prose">{say(t.note)}</p>}
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** A threshold as people write it: grouped yuan, a rate in percent. */
function figure({ value, unit }: { value: string; unit: string }): string {
  if (unit === 'yuan') return format(parseYuan(value) ?? '0')
  return unit === 'rate' ? `${(Number(value) * 100).toLocaleString('en-US', { maximumFractionDigits: 4 })}%` : value
}

/** The rule with its thresholds and why each has its value, so that an officer can judge the alarm and the rule. */
function RuleCard({ alarm }: { alarm: Alarm }) {
  const { d, say } = useLang()
  const rule = alarm.rule_now
  if (!rule) return null
  const units: Record<string, string> = d.supervision.unit
  const names: Record<string, string> = d.supervision.threshold
  return (
    <Card title={d.supervision.rule} note={rule.version === alarm.rule_version ? fill(d.supervision.ruleVersion, { v: rule.version }) : fill(d.supervision.ruleChanged, { then: alarm.rule_version, now: rule.version })}>
      <p>
        <ClauseRef clause={rule.clause} /> {say(rule.source)}
      </p>
      <ul className="thresholds">
        {rule.thresholds.map((t) => (
          <li key={t.name}>
            {names[t.name] ?? t.name} <b className="num">{figure(t)}</b> {units[t.unit] ?? t.unit}
            <div className="note">{say(t.why)}</div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
