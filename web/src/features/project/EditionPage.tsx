import '@/pattern/outcome/outcome.css'
import { Link, useParams } from 'react-router'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { useEdition, useProject, type Edition } from './api'
import type { Project } from './model'
import { useParts, type Part } from './parts'

/** What a project said at one version, whatever was written since, and what that write changed. */
export default function EditionPage() {
  const { id = '', version = '' } = useParams()
  const edition = useEdition(id, version)
  return (
    <Loaded query={useProject(id)} lines={8}>
      {(p) => (
        <Loaded query={edition} lines={8}>
          {(e) => <Read key={e.version} project={p} edition={e} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Read({ project: p, edition: e }: { project: Project; edition: Edition }) {
  const { d, lang, say } = useLang()
  const w = d.project
  const parts = useParts()
  const now = parts(e.file)
  const was = e.was && parts(e.was)
  const sent = p.sendings.filter((s) => s.edition === e.version)
  return (
    <>
      <PageHead
        title={`${p.number} ${fill(w.edition, { n: e.version })}`}
        crumbs={<Link to={`/projects/${p.id}`}>{p.file.name}</Link>}
        sentence={[stampTime(e.at, lang), e.by, e.version === p.revision ? w.present : w.earlier].filter(Boolean).join(' · ')}
      />
      <div className="stack">
        {sent.length > 0 && (
          <Card title={w.sentThis}>
            <ul className="lacks">
              {sent.map((s) => (
                <li key={s.id}>
                  {say(s.source_name)} · <Money fen={s.amount_fen} /> · {s.by} · {stampTime(s.at, lang)}
                </li>
              ))}
            </ul>
            <p className="note break">
              {w.digest} <span className="mono">{e.digest}</span>
            </p>
          </Card>
        )}
        {was && e.changed.length > 0 && (
          <Card title={w.before} note={w.beforeNote}>
            <Facts items={e.changed.map((part) => was[part])} />
          </Card>
        )}
        <Card title={w.file}>
          <Facts
            items={(Object.keys(now) as Part[]).map((part) => {
              const [label, text] = now[part]
              return [label, e.changed.includes(part) ? <span key={part}><span className="chip chip-lacking">{w.changedHere}</span> {text}</span> : text]
            })}
          />
          {e.file.papers.length > 0 && (
            <ul className="lacks" aria-label={w.papers}>
              {e.file.papers.map((paper) => (
                <li key={paper.sha256}>
                  <a href={`/api/v1/projects/${p.id}/papers/${paper.sha256}?edition=${e.version}`} className="break" download>
                    {paper.name}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
    </>
  )
}
