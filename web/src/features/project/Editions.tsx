import { Link } from 'react-router'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { Timeline } from '@/pattern/time/Timeline'
import { useEditions } from './api'
import type { Project } from './model'
import { useParts } from './parts'

/** Who wrote what of a project when; each version can be read as it stood. */
export function Editions({ project: p }: { project: Project }) {
  const { d, lang } = useLang()
  const w = d.project
  const parts = useParts()(p.file)
  return (
    <Card title={w.history} note={w.historyNote}>
      <Paged query={useEditions(p.id, p.revision)} empty={<Empty title={w.noHistory} />}>
        {(rows) => (
          <Timeline
            moments={rows.map((e) => ({
              key: String(e.version),
              when: 'past' as const,
              title: fill(w.edition, { n: e.version }),
              note: [stampTime(e.at, lang), e.by].filter(Boolean).join(' · '),
              detail: (
                <>
                  {e.changed.length > 0 && <p>{fill(w.changed, { what: e.changed.map((part) => parts[part][0]).join(d.app.listComma) })}</p>}
                  <Link to={`/projects/${p.id}/editions/${e.version}`}>{w.readEdition}</Link>
                </>
              ),
            }))}
          />
        )}
      </Paged>
    </Card>
  )
}
