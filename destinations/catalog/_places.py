"""Names of countries (ISO 3166-1) and of the states of the USA, as people write them."""

import re


def _codes(text):
    """Read lines "xx Name" as {name without white space, lower case: code}."""
    lines = (line.strip().split(" ", 1) for line in text.strip().splitlines())
    return {re.sub(r"\s+", "", name).lower(): code for code, name in lines}


def country_code(text):
    """Return the two letters of a country's name, or the text itself; lower, no white space."""
    text = re.sub(r"\s+", "", text).lower()
    return COUNTRIES.get(text, text)


def state_code(text):
    """Return the two letters of a state of the USA, or the text; lower, no white space."""
    text = re.sub(r"\s+", "", text).lower()
    return STATES.get(text, text)


STATES = _codes(
    """
    al Alabama
    ak Alaska
    az Arizona
    ar Arkansas
    ca California
    co Colorado
    ct Connecticut
    de Delaware
    fl Florida
    ga Georgia
    hi Hawaii
    id Idaho
    il Illinois
    in Indiana
    ia Iowa
    ks Kansas
    ky Kentucky
    la Louisiana
    me Maine
    md Maryland
    ma Massachusetts
    mi Michigan
    mn Minnesota
    ms Mississippi
    mo Missouri
    mt Montana
    ne Nebraska
    nv Nevada
    nh New Hampshire
    nj New Jersey
    nm New Mexico
    ny New York
    nc North Carolina
    nd North Dakota
    oh Ohio
    ok Oklahoma
    or Oregon
    pa Pennsylvania
    ri Rhode Island
    sc South Carolina
    sd South Dakota
    tn Tennessee
    tx Texas
    ut Utah
    vt Vermont
    va Virginia
    wa Washington
    wv West Virginia
    wi Wisconsin
    wy Wyoming
    """
)

COUNTRIES = _codes(
    """
    ad Andorra
    ae United Arab Emirates
    af Afghanistan
    ag Antigua and Barbuda
    ai Anguilla
    al Albania
    am Armenia
    an Netherlands Antilles
    ao Angola
    aq Antarctica
    ar Argentina
    as American Samoa
    at Austria
    au Australia
    aw Aruba
    ax Aland Islands
    az Azerbaijan
    ba Bosnia and Herzegovina
    bb Barbados
    bd Bangladesh
    be Belgium
    bf Burkina Faso
    bg Bulgaria
    bh Bahrain
    bi Burundi
    bj Benin
    bl Saint Barthelemy
    bm Bermuda
    bn Brunei Darussalam
    bo Bolivia
    br Brazil
    bs Bahamas
    bt Bhutan
    bv Bouvet Island
    bw Botswana
    by Belarus
    bz Belize
    ca Canada
    cc Cocos (Keeling) Islands
    cd Congo, Democratic Republic
    cf Central African Republic
    cg Congo
    ch Switzerland
    ci Cote d'Ivoire
    ck Cook Islands
    cl Chile
    cm Cameroon
    cn China
    co Colombia
    cr Costa Rica
    cu Cuba
    cv Cape Verde
    cx Christmas Island
    cy Cyprus
    cz Czech Republic
    de Germany
    dj Djibouti
    dk Denmark
    dm Dominica
    do Dominican Republic
    dz Algeria
    ec Ecuador
    ee Estonia
    eg Egypt
    eh Western Sahara
    er Eritrea
    es Spain
    et Ethiopia
    fi Finland
    fj Fiji
    fk Falkland Islands (Malvinas)
    fm Micronesia, Federated States of
    fo Faroe Islands
    fr France
    ga Gabon
    gb United Kingdom
    gd Grenada
    ge Georgia
    gf French Guiana
    gg Guernsey
    gh Ghana
    gi Gibraltar
    gl Greenland
    gm Gambia
    gn Guinea
    gp Guadeloupe
    gq Equatorial Guinea
    gr Greece
    gs South Georgia and Sandwich Isl.
    gt Guatemala
    gu Guam
    gw Guinea-Bissau
    gy Guyana
    hk Hong Kong
    hm Heard Island & McDonald Islands
    hn Honduras
    hr Croatia
    ht Haiti
    hu Hungary
    id Indonesia
    ie Ireland
    il Israel
    im Isle of Man
    in India
    io British Indian Ocean Territory
    iq Iraq
    ir Iran, Islamic Republic of
    is Iceland
    it Italy
    je Jersey
    jm Jamaica
    jo Jordan
    jp Japan
    ke Kenya
    kg Kyrgyzstan
    kh Cambodia
    ki Kiribati
    km Comoros
    kn Saint Kitts and Nevis
    kr Korea
    kw Kuwait
    ky Cayman Islands
    kz Kazakhstan
    la Lao People's Democratic Republic
    lb Lebanon
    lc Saint Lucia
    li Liechtenstein
    lk Sri Lanka
    lr Liberia
    ls Lesotho
    lt Lithuania
    lu Luxembourg
    lv Latvia
    ly Libyan Arab Jamahiriya
    ma Morocco
    mc Monaco
    md Moldova
    me Montenegro
    mf Saint Martin
    mg Madagascar
    mh Marshall Islands
    mk Macedonia
    ml Mali
    mm Myanmar
    mn Mongolia
    mo Macao
    mp Northern Mariana Islands
    mq Martinique
    mr Mauritania
    ms Montserrat
    mt Malta
    mu Mauritius
    mv Maldives
    mw Malawi
    mx Mexico
    my Malaysia
    mz Mozambique
    na Namibia
    nc New Caledonia
    ne Niger
    nf Norfolk Island
    ng Nigeria
    ni Nicaragua
    nl Netherlands
    no Norway
    np Nepal
    nr Nauru
    nu Niue
    nz New Zealand
    om Oman
    pa Panama
    pe Peru
    pf French Polynesia
    pg Papua New Guinea
    ph Philippines
    pk Pakistan
    pl Poland
    pm Saint Pierre and Miquelon
    pn Pitcairn
    pr Puerto Rico
    ps Palestine
    ps Palestinian Territory, Occupied
    pt Portugal
    pw Palau
    py Paraguay
    qa Qatar
    re Reunion
    ro Romania
    rs Serbia
    ru Russian Federation
    rw Rwanda
    sa Saudi Arabia
    sb Solomon Islands
    sc Seychelles
    sd Sudan
    se Sweden
    sg Singapore
    sh Saint Helena
    si Slovenia
    sj Svalbard and Jan Mayen
    sk Slovakia
    sl Sierra Leone
    sm San Marino
    sn Senegal
    so Somalia
    sr Suriname
    st Sao Tome and Principe
    sv El Salvador
    sy Syrian Arab Republic
    sz Swaziland
    tc Turks and Caicos Islands
    td Chad
    tf French Southern Territories
    tg Togo
    th Thailand
    tj Tajikistan
    tk Tokelau
    tl Timor-Leste
    tm Turkmenistan
    tn Tunisia
    to Tonga
    tr Turkey
    tt Trinidad and Tobago
    tv Tuvalu
    tw Taiwan
    tz Tanzania
    ua Ukraine
    ug Uganda
    um United States Outlying Islands
    us United States
    uy Uruguay
    uz Uzbekistan
    va Holy See (Vatican City State)
    vc Saint Vincent and Grenadines
    ve Venezuela
    vg Virgin Islands, British
    vi Virgin Islands, U.S.
    vn Vietnam
    vu Vanuatu
    wf Wallis and Futuna
    ws Samoa
    ye Yemen
    yt Mayotte
    za South Africa
    zm Zambia
    zw Zimbabwe
    """
)
