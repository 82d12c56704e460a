import { Link, useSearchParams } from 'react-router'
import { useApplications } from '@/features/application/api'
import { useOrganisations } from '@/features/party/api'
import { Hits } from '@/features/policy/LibraryPage'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'

/** One search over clauses, applications and organisations; each panel answers and fails alone. */
export default function SearchPage() {
  const { d } = useLang()
  const [params] = useSearchParams()
  const q = (params.get('q') ?? '').trim()
  const { signedIn } = useSession()
  if (q === '')
    return (
      <>
        <PageHead title={d.searchPage.title} />
        <Card title={d.searchPage.title}>
          <Empty title={d.searchPage.nothing} next={d.searchPage.nothingNext} />
        </Card>
      </>
    )
  return (
    <>
      <PageHead title={d.searchPage.title} sentence={fill(d.searchPage.sentence, { q })} />
      <div className="stack">
        <Hits q={q} />
        {signedIn && <ApplicationHits q={q} />}
        {signedIn && <OrganisationHits q={q} />}
      </div>
    </>
  )
}

function ApplicationHits({ q }: { q: string }) {
  const { d, say } = useLang()
  const found = useApplications({ q, state: '', measure: '', call: '', lane: '' })
  return (
    <Card title={d.nav.applications} flush>
      <Paged query={found} empty={<Empty title={d.searchPage.noApplications} />}>
        {(rows) => (
          <ul className="hits">
            {rows.map((r) => (
              <li key={r.id}>
                <Link to={`/applications/${r.id}`}>
                  <b>{r.org}</b>
                </Link>{' '}
                <span className="mono note">{r.number}</span> <span className="soft">{say(r.name)}</span>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </Card>
  )
}

function OrganisationHits({ q }: { q: string }) {
  const { d } = useLang()
  const official = useSession().active?.org === null
  const found = useOrganisations(q, official)
  if (!official) return null
  return (
    <Card title={d.searchPage.organisations} flush>
      <Paged query={found} empty={<Empty title={d.searchPage.noOrganisations} />}>
        {(rows) => (
          <ul className="hits">
            {rows.map((o) => (
              <li key={o.code}>
                <Link to={`/people?org=${o.code}`}>
                  <b>{o.name}</b>
                </Link>{' '}
                <span className="mono note">{o.code}</span>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </Card>
  )
}
