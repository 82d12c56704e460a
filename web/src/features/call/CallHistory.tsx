import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Loaded } from '@/pattern/state/Loaded'
import { Timeline } from '@/pattern/time/Timeline'
import { useCallHistory } from './api'
import { changedParts, type Part } from './model'

/** Who changed what, when and why. */
export function CallHistory({ id }: { id: string }) {
  const { d, lang } = useLang()
  const history = useCallHistory(id)
  const names: Record<Part, string> = { name: d.call.name, guide: d.call.guide, opens: d.call.form.opens, closes: d.call.form.closes, late_by: d.call.lateBy, promise: d.call.promise, notice: d.call.notice, channel: d.call.channel, offers: d.call.measures }
  return (
    <Card title={d.call.history} note={d.call.historyNote}>
      <Loaded query={history}>
        {(events) => (
          <Timeline
            moments={events.map((e, i) => {
              const before = events[i - 1]
              const changed = before ? changedParts(before.terms, e.terms) : []
              return {
                key: String(i),
                when: 'past' as const,
                title: d.call.event[e.action],
                note: [stampTime(e.at, lang), e.name].filter(Boolean).join(' · '),
                detail: (changed.length > 0 || e.reason) && (
                  <>
                    {e.reason && <p>{e.reason}</p>}
                    {changed.length > 0 && <p className="note">{fill(d.call.changed, { what: changed.map((part) => names[part]).join(d.app.listComma) })}</p>}
                  </>
                ),
              }
            })}
          />
        )}
      </Loaded>
    </Card>
  )
}
