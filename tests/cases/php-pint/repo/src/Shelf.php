<?php
$a = array( 1 );
