import { stampTime } from '@/calendar/date'
import type { RoleName } from '@/features/session/model'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Timeline } from '@/pattern/time/Timeline'
import type { Recovery } from './model'

/** What happened, the newest last; nothing of it is ever changed. */
export function HistoryCard({ recovery: r }: { recovery: Recovery }) {
  const { d, lang, say } = useLang()
  const w = d.recovery
  const did: Record<string, string> = w.action
  return (
    <Card title={w.history}>
      <Timeline
        moments={r.events.map((e, i) => ({
          key: String(i),
          when: 'past' as const,
          title: did[e.action] ?? e.action,
          note: [stampTime(e.at, lang), e.name, e.role === 'ledger' ? w.ledger : d.role[e.role as RoleName]].filter(Boolean).join(' · '),
          detail: say(e.note) && <p className="note break">{say(e.note)}</p>,
        }))}
      />
    </Card>
  )
}
