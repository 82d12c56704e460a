import { Link } from 'react-router'
import { useLang } from '@/i18n'

/** The three pages of the office's side of reviewing. */
export function Crumbs() {
  const { d } = useLang()
  return (
    <>
      <Link to="/panels">{d.review.panels}</Link> · <Link to="/experts">{d.review.experts}</Link> · <Link to="/declarations">{d.review.declarations}</Link>
    </>
  )
}
