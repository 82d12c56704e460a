import './layout.css'
import { useEffect, type ReactNode } from 'react'

interface Props {
  title: string
  /** Stands small beside the title: a code, a number. */
  aside?: ReactNode
  crumbs?: ReactNode
  /** The one sentence that a director can read aloud; every number in it is a link. */
  sentence?: ReactNode
  actions?: ReactNode
  /** A name or number rather than words of ours: no Song. */
  plain?: boolean
}

/** Title, the sentence before the numbers, and the page's actions. On a phone the actions move to the foot. */
export function PageHead({ title, aside, crumbs, sentence, actions, plain = false }: Props) {
  useEffect(() => {
    document.title = `${title} · 黔模 Qianmo`
  }, [title])
  return (
    <header className="page-head">
      <div className="page-head-words">
        {crumbs && <div className="note">{crumbs}</div>}
        <div className="page-head-title">
          <h1 className={plain ? 'page-title page-title-plain' : 'page-title'}>{title}</h1>
          {aside && <span className="page-aside">{aside}</span>}
        </div>
        {sentence && <p className="page-sentence">{sentence}</p>}
      </div>
      {actions && <div className="page-actions no-print">{actions}</div>}
    </header>
  )
}
